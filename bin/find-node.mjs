// Finds a Node that can run Pawprint (24 or later): this one, or the binary that the optional dependency
// node-<platform>-<arch> brought along. Plain JavaScript for Node 16 and later.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const requiredMajor = 24;

/** Whether the running Node is new enough. */
export function thisNodeWillDo() {
  return Number(process.versions.node.split('.')[0]) >= requiredMajor;
}

/** Path of a Node 24 binary installed below or above `fromUrl`, or undefined. */
export function findInstalledNode(fromUrl) {
  const require = createRequire(fromUrl);
  const system = process.platform === 'win32' ? 'win' : process.platform;
  for (const name of [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // Not installed: try the next name.
    }
  }
  return undefined;
}
