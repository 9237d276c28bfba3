// npm run check: format, lint and types. Runs all and reports all, however the first ends.
import { packageFile, runStep } from './run-step.ts';

const checks = [
  {
    name: 'format',
    hint: 'npm run format',
    args: [packageFile('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'lint', hint: 'npx eslint --fix .', args: [packageFile('eslint/bin/eslint.js'), '--max-warnings=0', '.'] },
  { name: 'types', hint: 'npx tsc -p .', args: [packageFile('typescript/bin/tsc'), '-p', '.'] },
  {
    name: 'types of the page',
    hint: 'npx tsc -p tsconfig.web.json',
    args: [packageFile('typescript/bin/tsc'), '-p', 'tsconfig.web.json'],
  },
];

let failed = false;
for (const { name, hint, args } of checks) {
  const exitCode = await runStep(process.execPath, args);
  console.log(exitCode === 0 ? `✔ ${name}` : `✖ ${name} (try: ${hint})`);
  failed ||= exitCode !== 0;
}
process.exitCode = failed ? 1 : 0;
