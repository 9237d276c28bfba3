// npm run build: compiles src/ to dist/ and copies what tsc does not, whole or not at all.
import { cp, glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageFile, root, runStep } from './run-step.ts';

const staging = join(root, `dist.${process.pid}.tmp`);
const target = join(root, 'dist');

/** Everything under src/ that is no TypeScript source or test: generated code, tables, pages, test vectors excepted. */
async function copyOtherFiles(): Promise<void> {
  for await (const path of glob('**/*.*', { cwd: join(root, 'src') })) {
    const isSource = path.endsWith('.ts') && !path.endsWith('.d.ts');
    if (isSource || path.includes('/test-') || path.endsWith('.d.ts')) continue;
    await mkdir(dirname(join(staging, path)), { recursive: true });
    await cp(join(root, 'src', path), join(staging, path));
  }
}

/** `import('./x.ts')` inside functions, which tsc leaves as it is although it rewrites the static imports. */
async function rewriteDynamicImports(): Promise<void> {
  for await (const path of glob('**/*.js', { cwd: staging })) {
    const code = await readFile(join(staging, path), 'utf8');
    const rewritten = code.replace(/(\bimport\(\s*'\.{1,2}\/[^']+)\.ts'/g, "$1.js'");
    if (rewritten !== code) await writeFile(join(staging, path), rewritten);
  }
}

async function build(): Promise<number> {
  try {
    const compile = [packageFile('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', staging];
    const exitCode = await runStep(process.execPath, compile);
    if (exitCode !== 0) return exitCode;
    await rewriteDynamicImports();
    await copyOtherFiles();
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
    return 0;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

process.exitCode = await build();
