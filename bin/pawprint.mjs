#!/usr/bin/env node
// The pawprint command. On Node 24 or later it runs in this process; on an older Node it starts the Node 24 that came
// with the package. Plain JavaScript for Node 16 and later.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findInstalledNode, requiredMajor, thisNodeWillDo } from './find-node.mjs';
import { runChild } from './run-child.mjs';

// A clone runs its sources; a package carries them compiled, for Node strips no types inside node_modules.
const source = new URL('../src/cli/main.ts', import.meta.url);
const entry = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url);

if (!existsSync(entry)) {
  console.error('pawprint: this package holds no compiled code\n  hint: In the clone, pack it with: npm run pack');
  process.exit(1);
} else if (thisNodeWillDo()) {
  await import(entry.href);
} else {
  const node = findInstalledNode(import.meta.url);
  if (node === undefined) {
    console.error(
      `pawprint: needs Node ${requiredMajor} or later\n  received: Node ${process.versions.node}, and no package with a newer one for ${process.platform} ${process.arch}\n` +
        `  hint: Install Node ${requiredMajor} (nodejs.org), or install pawprint again without --omit=optional.`,
    );
    process.exit(1);
  }
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(entry), ...process.argv.slice(2)];
  process.exit(await runChild(node, args, { channel: true }));
}
