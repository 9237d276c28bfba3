// A process for worker-pool.test.ts: closes pools at every stage of their work, with nothing else to keep it alive.
import { createWorkerPool } from '../worker-pool.ts';

let closed = 0;
for (let round = 0; round < 12; round++) {
  const pool = createWorkerPool<number, number>(new URL('./echo-worker.ts', import.meta.url), { size: 2 });
  const answers = Array.from({ length: round % 6 }, (_, i) => pool.run(i));
  const settled = Promise.allSettled(answers);
  if (round % 3 > 0) await answers[0];
  await pool.close();
  await settled;
  closed++;
}
console.log(`closed ${closed} times`);
