// params.yaml as the commands see it: one seed for everything, and a section for each stage. A command checks its own
// section strictly and leaves the others to their commands, so that preparing need not load the training code.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defaultParamsFile, loadParams, type ParamsTree } from '../core/index.ts';

/** The sections of params.yaml, each owned by a command (confidence: by all that train). */
const sections = ['prepare', 'train', 'transfer', 'confidence', 'tune'] as const;
type Section = (typeof sections)[number];

/** The flags by which every command that reads params.yaml is told about it. */
export const paramsFlags = {
  params: z.string().optional().describe(`parameter file (${defaultParamsFile} unless told; may be absent then)`),
  set: z.array(z.string()).default([]).describe('one parameter, as section.key=value'),
  seed: z.coerce.number().int().min(0).optional().describe('seed of everything random'),
};

const seedSchema = z.int().min(0).default(42);

export interface ProjectParamsSource {
  readonly cwd: string;
  /** The options parsed from `paramsFlags`. */
  readonly options: {
    readonly params?: string | undefined;
    readonly set: readonly string[];
    readonly seed?: number | undefined;
  };
  /** What dedicated flags say about the section; undefined values are as if absent. */
  readonly flags?: ParamsTree;
}

/**
 * The seed and the settings of `section`: the schema's defaults < params.yaml < --set < flags. Throws CONFIG_INVALID
 * that names key, file and line; FILE_NOT_FOUND when --params names a file that is not there.
 */
export async function loadSection<Schema extends z.ZodObject>(
  section: Section,
  schema: Schema,
  source: ProjectParamsSource,
): Promise<{ readonly seed: number; readonly settings: Readonly<z.output<Schema>> }> {
  const { cwd, options, flags = {} } = source;
  const shape: Record<string, z.ZodType> = { seed: seedSchema };
  for (const name of sections)
    shape[name] = name === section ? schema.prefault({} as z.input<Schema>) : z.unknown().optional();
  const params = await loadParams({
    schema: z.strictObject(shape),
    file: resolve(cwd, options.params ?? defaultParamsFile),
    label: options.params ?? defaultParamsFile,
    fileRequired: options.params !== undefined,
    sets: options.set,
    flags: { seed: options.seed, [section]: flags },
  });
  return { seed: params['seed'] as number, settings: params[section] as Readonly<z.output<Schema>> };
}
