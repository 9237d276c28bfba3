// docs/operators.md from the table of operators and the header of each operator's file. Run directly, it writes the
// document; a test compares the two.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { type OperatorDefinition, operators, readableOpsets } from '../src/graph/index.ts';
import { root } from './run-step.ts';

const documentPath = join(root, 'docs/operators.md');

/** `GlobalAveragePool` → `global-average-pool.ts` */
function fileName(op: string): string {
  return `${op.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.ts`;
}

/** What the operator's file says of itself, as one line. */
function description({ op }: OperatorDefinition): string {
  const source = readFileSync(join(root, 'src/graph/operators', fileName(op)), 'utf8');
  const header = source.split('\n').slice(
    0,
    source.split('\n').findIndex((line) => !line.startsWith('// ')),
  );
  const words = header.map((line) => line.slice(3)).join(' ');
  return words.replaceAll('|', '\\|');
}

function hasGradient(definition: OperatorDefinition): boolean {
  return definition.gradient !== undefined;
}

function row(definition: OperatorDefinition): string {
  const { op, domain = '' } = definition;
  const name = domain === '' ? op : `${op} (${domain})`;
  return `| [${name}](../src/graph/operators/${fileName(op)}) | ${hasGradient(definition) ? 'yes' : 'no'} | ${description(definition)} |`;
}

/** The whole document, formatted. */
export async function renderOperatorDocs(): Promise<string> {
  const trainable = operators.filter(hasGradient).length;
  const text = `# Operators

The ${operators.length} operators that a graph can be made of; ${trainable} of them can be differentiated. Each is one file with its
shape rule, its gradient and a word about its form; each gradient is checked against finite differences
(\`tests/graph/gradients.test.ts\`, which fails for a rule without a case).

\`readOnnx\` reads files of opset ${readableOpsets.oldest} to ${readableOpsets.newest} and brings their nodes to opset 17, in which everything is written. An operator
that is not listed, or is listed without a gradient and lies on the way to a trained weight, is the error
\`OPERATOR_UNSUPPORTED\`, which names the operator and the node. \`Constant\`, \`Shape\` and \`Gather\` are worked out while
a file is read, where they compute shapes.

| Operator | Gradient | |
| --- | --- | --- |
${operators.map(row).join('\n')}
`;
  return format(text, { ...(await resolveConfig(documentPath)), filepath: documentPath });
}

if (import.meta.main) await writeFile(documentPath, await renderOperatorDocs());
