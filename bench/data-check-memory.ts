// Peak memory of `data check` over a growing number of drawn pictures, each size in a process of its own:
//   node bench/data-check-memory.ts [1000 10000 100000]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../src/core/index.ts';
import { checkDataset } from '../src/data/index.ts';
import { encodeJpeg, resizePixels } from '../src/image/index.ts';

const widthPx = 320;
const heightPx = 240;

/** Smooth random colours and a copy of every 50th: some duplicates, as real folders have. */
function drawFolder(directory: string, count: number): void {
  for (const name of ['cats', 'dogs']) mkdirSync(join(directory, name), { recursive: true });
  let last = new Uint8Array();
  for (let i = 0; i < count; i++) {
    if (i % 50 !== 49) {
      const random = createRandom(1, i);
      const blots = Uint8Array.from({ length: 12 * 9 * 3 }, () => random.integer(256));
      const pixels = resizePixels({ width: 12, height: 9, data: blots }, { width: widthPx, height: heightPx });
      last = new Uint8Array(encodeJpeg(pixels));
    }
    writeFileSync(join(directory, i % 2 === 0 ? 'cats' : 'dogs', `${i}.jpg`), last);
  }
}

async function measure(directory: string): Promise<void> {
  const { findings, totals } = await checkDataset({ directory });
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1000 / totals.photos;
  const near = findings['near-duplicates'].count;
  process.stdout.write(
    `${totals.photos} pictures: peak ${Math.round(maxRSS / 1024)} MB, ` +
      `${cpuMs.toFixed(2)} CPU ms a picture, ${findings['exact-duplicates'].count} exact and ${near} near groups\n`,
  );
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') await measure(rest[0] ?? '');
else {
  for (const count of first === undefined ? [1000, 10_000] : [first, ...rest].map(Number)) {
    const directory = mkdtempSync(join(tmpdir(), 'pawprint-check-memory-'));
    try {
      drawFolder(directory, count);
      const script = fileURLToPath(import.meta.url);
      spawnSync(process.execPath, [script, '--measure', directory], { stdio: 'inherit' });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
