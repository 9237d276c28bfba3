// Runs while the packed pawprint is being installed, before any dependency's postinstall. onnxruntime-node carries its
// CPU libraries; its postinstall only downloads CUDA ones (hundreds of MB, linux-x64) from outside the registry, and
// the whole installation fails where that address cannot be reached. So that script is replaced by one that does
// nothing, unless ONNXRUNTIME_NODE_INSTALL says that CUDA is wanted. Plain JavaScript for Node 16 and later.
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

function silenceDownload() {
  if (process.env.ONNXRUNTIME_NODE_INSTALL) return;
  const require = createRequire(import.meta.url);
  const script = join(dirname(require.resolve('onnxruntime-node/package.json')), 'script', 'install.js');
  if (existsSync(script))
    writeFileSync(script, '// Replaced by pawprint: set ONNXRUNTIME_NODE_INSTALL=cuda12 to get CUDA.\n');
}

try {
  silenceDownload();
} catch {
  // Not there yet, or not ours to write: npm then runs the script as it is.
}
