// Entries and folders for the tests of the log.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { z } from 'zod';
import type { LogKind } from '../read-log.ts';

/** The least that a log can hold. */
export interface Note {
  readonly time: string;
  readonly text: string;
}
export const noteKind: LogKind<Note> = {
  prefix: 'notes',
  schema: z.strictObject({ time: z.iso.datetime({ precision: 3 }), text: z.string() }),
};

/** A note of so many milliseconds after the start of 25 November 2026. */
export function note(text: string, atMs = 0): Note {
  return { time: new Date(Date.UTC(2026, 10, 25) + atMs).toISOString(), text };
}

/** Folders that go when the tests of the file are over. */
export function useFolders(): { make(): Promise<string> } {
  const folders: string[] = [];
  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return {
    make: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'pawprint-log-'));
      folders.push(folder);
      return folder;
    },
  };
}

/** Files of a folder by name, sorted, each as the texts of its notes. Throws when a line is no JSON. */
export async function textsByFile(folder: string): Promise<Record<string, string[]>> {
  const names = (await readdir(folder)).sort();
  const texts = names.map(async (name) => {
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
    return [name, lines.slice(0, -1).map((line) => (JSON.parse(line) as Note).text)] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
