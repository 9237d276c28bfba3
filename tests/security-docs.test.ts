// docs/security.md claims nothing that no test shows: each file that it names is there, with a test of the name it quotes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('docs/security.md', root), 'utf8');
/** Where a file may lie that is named without its folder. */
const folders = ['', 'src/api/security/'];
/** Tests of the service that are being written. */
const toCome: readonly string[] = [];

test('every test that docs/security.md names exists', () => {
  let named = 0;
  for (const row of text.split('\n').filter((line) => /^\| (API|ML)\d+ /.test(line))) {
    let source: string | undefined;
    for (const [, file, name] of row.matchAll(/`([\w/.-]+\.test\.ts)`|"([^"]+)"/g)) {
      if (file !== undefined) {
        const found = folders.map((folder) => new URL(folder + file, root)).find((url) => existsSync(url));
        assert.ok(found !== undefined || toCome.includes(file), `${file} is not there`);
        source = found === undefined ? undefined : readFileSync(found, 'utf8');
      } else if (name !== undefined) {
        assert.ok(source?.includes(name.replaceAll('…', '')), `no test is called ${name}`);
        named++;
      }
    }
  }
  assert.ok(named > 15, `only ${named} tests are named`);
});

test('each risk of both lists has its row', () => {
  for (const risk of Array.from({ length: 10 }, (_, i) => i + 1)) {
    assert.match(text, new RegExp(`^\\| API${risk} `, 'm'));
    assert.match(text, new RegExp(`^\\| ML${String(risk).padStart(2, '0')} `, 'm'));
  }
});
