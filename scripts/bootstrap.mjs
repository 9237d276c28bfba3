// Runs a script of this folder on Node 24, installing what is missing first, so that `npm test` or `npm run quickstart`
// is all that a fresh clone needs. Plain JavaScript for Node 16 and later: node scripts/bootstrap.mjs <script> [args].
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findInstalledNode, requiredMajor, thisNodeWillDo } from '../bin/find-node.mjs';
import { runChild } from '../bin/run-child.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.pawprint-installed');
const busyFile = join(root, '.installing');

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

/** True when node_modules holds what package-lock.json says, by our stamp or by npm's own record. */
function isInstalled() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash()) return true;
  const npmRecord = join(root, 'node_modules', '.package-lock.json');
  return existsSync(npmRecord) && statSync(npmRecord).mtimeMs >= statSync(lockFile).mtimeMs;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two scripts started at once on one clone: the second waits for the first's installation. */
async function takeTurn() {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(busyFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let owner = 0;
    try {
      owner = Number(readFileSync(busyFile, 'utf8'));
    } catch {
      // Gone in the meantime.
    }
    if (owner > 0 && !isAlive(owner)) rmSync(busyFile, { force: true });
    else if (!told) console.error('pawprint: another script is installing the packages; waiting for it …');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function installPackages() {
  console.error('pawprint: installing packages (npm ci), once …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const [command, ...before] = npm && /\.c?js$/.test(npm) ? [process.execPath, npm] : ['npm'];
  const shell = process.platform === 'win32' && command === 'npm';
  const { status } = spawnSync(command, [...before, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (status !== 0) {
    console.error('pawprint: npm ci failed (see above)\n  hint: Check the network, then run the same command again.');
    return false;
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, lockHash());
  return true;
}

async function ensureInstalled() {
  if (isInstalled()) return true;
  await takeTurn();
  try {
    return isInstalled() || installPackages();
  } finally {
    rmSync(busyFile, { force: true });
  }
}

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) {
    console.error('usage: node scripts/bootstrap.mjs <script> [arguments]');
    return 2;
  }
  if (!(await ensureInstalled())) return 1;
  const node = findInstalledNode(import.meta.url) ?? (thisNodeWillDo() ? process.execPath : undefined);
  if (node === undefined) {
    console.error(
      `pawprint: no Node ${requiredMajor} for ${process.platform} ${process.arch}\n  hint: Install Node ${requiredMajor} (nodejs.org), then run the same command again.`,
    );
    return 1;
  }
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path };
  return runChild(node, [script, ...args], { cwd: root, env });
}

process.exit(await main());
