// npm run pack: builds and packs pawprint-<version>.tgz for `npm i -g`. It packs a staging folder, because the package
// differs from the clone: compiled code (Node strips no types inside node_modules), no development parts, and a
// preinstall script that keeps onnxruntime-node from downloading CUDA (see bin/preinstall.mjs).
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, runStep } from './run-step.ts';

interface PackageJson {
  files: string[];
  scripts?: unknown;
  devDependencies?: unknown;
}

async function readManifest(): Promise<PackageJson> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson;
}

async function pack(destination: string): Promise<string> {
  const staging = await mkdtemp(join(tmpdir(), 'pawprint-pack-'));
  try {
    const { devDependencies, ...manifest } = await readManifest();
    const files = [...manifest.files, 'dist'];
    const scripts = { preinstall: 'node bin/preinstall.mjs' };
    for (const path of files) await cp(join(root, path), join(staging, path), { recursive: true });
    await writeFile(join(staging, 'package.json'), JSON.stringify({ ...manifest, files, scripts }, null, 2));
    const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${destination}`];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: staging, shell: process.platform === 'win32' });
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    return join(destination, packed.filename);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const built = await runStep(process.execPath, ['scripts/build.ts']);
process.exitCode = built;
if (built === 0) {
  const tarball = await pack(process.argv[2] ?? root);
  console.log(`${tarball}\nInstall it with: npm i -g ${tarball}`);
}
