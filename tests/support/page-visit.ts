// A visit to the page in Debian's Chromium: what it asks for, what it complains about, and photos to show it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { repositoryRoot } from './run-pawprint.ts';

export interface Photo {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export interface Visit {
  readonly page: Page;
  /** Addresses of other origins that were asked for. */
  readonly elsewhere: string[];
  /** Errors and warnings of the console, violations of the policy; refused requests excepted, which browsers log too. */
  readonly complaints: string[];
}

/** Where Chromium is; undefined where there is none. */
export function findChromium(): string | undefined {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** A browser with a drawn camera, which it may use. */
export function openBrowser(executablePath: string): Promise<Browser> {
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  // Containers run as root, where Chromium's sandbox does not.
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...camera] });
}

/** Opens the page as a new visitor. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const [elsewhere, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(blob|data):/.test(address)) elsewhere.push(address);
  });
  page.on('console', (message) => {
    const refused = /^Failed to load resource: the server responded with a status of 4/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
       console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));`,
  );
  await page.goto(url);
  return { page, elsewhere, complaints };
}

/**
 * `perClass` pictures of each class: real photos where there are some; else those of the box, which the model is sure of, and
 * then the drawn ones of `folder`, which it calls neither.
 */
export function photosFor(folder: string, perClass: number): { readonly real: boolean; readonly photos: Photo[] } {
  const shared = join(repositoryRoot, '../shared/data/cats-vs-dogs/test');
  const real = existsSync(shared);
  const sources = real ? [shared] : [join(repositoryRoot, 'assets/pictures'), folder];
  const photos = ['cats', 'dogs'].flatMap((name) =>
    sources
      .flatMap((source) =>
        readdirSync(join(source, name))
          .sort()
          .map((file) => join(source, name, file)),
      )
      .slice(0, perClass)
      .map((path) => ({ name: basename(path), mimeType: 'image/jpeg', buffer: readFileSync(path) })),
  );
  return { real, photos };
}

/** Script that gives an event of the page files to carry; `files` are written into it. */
export function dispatchWithFiles(files: readonly Photo[], dispatch: string): string {
  const told = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  return `(() => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of ${JSON.stringify(told)})
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: mimeType }));
    ${dispatch}
  })()`;
}
