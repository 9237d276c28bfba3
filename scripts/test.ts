// npm test: every x.test.ts of src/ and tests/. Arguments narrow it: npm test -- src/core/*.test.ts. With --coverage
// (npm run test:coverage) it fails under 90 % of lines and writes an HTML report to coverage/.
import { availableParallelism } from 'node:os';
import { packageFile, runStep } from './run-step.ts';

const lineThreshold = 90;

const args = process.argv.slice(2);
const coverage = args.includes('--coverage');
const patterns = args.filter((argument) => argument !== '--coverage');

const testArgs = [
  '--test',
  `--test-concurrency=${Math.max(2, availableParallelism())}`,
  '--test-reporter=./scripts/test-reporter.mjs',
  '--test-reporter-destination=stdout',
  ...(patterns.length > 0 ? patterns : ['src/**/*.test.ts', 'tests/**/*.test.ts']),
];
// c8 rather than Node's own coverage: it also counts worker threads and child processes (the CLI's own runs).
const coverageArgs = [
  packageFile('c8/bin/c8.js'),
  '--all',
  '--src=src',
  '--include=src/**/*.ts',
  '--exclude=**/*.test.ts',
  '--exclude=src/graph/onnx-proto/**',
  '--exclude=**/test-*/**',
  '--reporter=text-summary',
  '--reporter=html',
  '--reports-dir=coverage',
  '--check-coverage',
  `--lines=${lineThreshold}`,
  '--functions=0',
  '--branches=0',
  '--statements=0',
  process.execPath,
];
process.exitCode = await runStep(process.execPath, coverage ? [...coverageArgs, ...testArgs] : testArgs);
if (coverage) console.log('coverage: open coverage/index.html');
