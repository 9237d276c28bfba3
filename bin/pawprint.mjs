#!/usr/bin/env node
// The pawprint command. On Node 24 or later it runs in this process; on an older Node it starts the Node 24 that came
// with the package. Plain JavaScript for Node 16 and later.
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { findInstalledNode, requiredMajor, thisNodeWillDo } from './find-node.mjs';
import { runChild } from './run-child.mjs';

// A clone runs its sources; a package carries them compiled, for Node strips no types inside node_modules.
const source = new URL('../src/cli/main.ts', import.meta.url);
const entry = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url);

/** Ends with a word about what is missing. */
function stop(problem, hint) {
  console.error(`pawprint: ${problem}\n  hint: ${hint}`);
  process.exit(1);
}

function hasDependencies() {
  try {
    return Boolean(createRequire(import.meta.url).resolve('zod/package.json'));
  } catch {
    return false;
  }
}

if (!existsSync(entry)) stop('this package holds no compiled code', 'In the clone, pack it with: npm run pack');
if (!hasDependencies()) stop('the packages it stands on are not installed', 'Type: npm ci');

if (thisNodeWillDo()) {
  // Compiled code is kept in the temporary folder: a command starts in half the time. Not while coverage is measured.
  if (process.env.NODE_V8_COVERAGE === undefined) module.enableCompileCache?.();
  // A service is to stay small. Left to itself V8 lets the space for young objects grow to 16 MB twice over, and keeps it;
  // what a request leaves behind fits into the megabyte that it starts with. Other commands are faster with more.
  if (process.argv.includes('serve')) v8.setFlagsFromString('--semi-space-growth-factor=1');
  await import(entry.href);
} else {
  const node = findInstalledNode(import.meta.url);
  if (node === undefined)
    stop(
      `needs Node ${requiredMajor} or later\n  received: Node ${process.versions.node}, and no package with a newer one for ${process.platform} ${process.arch}`,
      `Install Node ${requiredMajor} (nodejs.org), or install pawprint again without --omit=optional.`,
    );
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(await runChild(node, args, { channel: true }));
}
