// VNNI is found by either of its names, on its own line, and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsVnni } from './vnni.ts';

const cpuinfo = (flags: string): string =>
  `processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 ${flags} xsaves\nbugs\t\t: spectre_v1\n`;

test('a CPU has VNNI when its flags list it, for AVX-512 or for AVX', () => {
  assert.ok(listsVnni(cpuinfo('avx512_vnni')));
  assert.ok(listsVnni(cpuinfo('avx_vnni')));
  assert.ok(listsVnni(cpuinfo('avx512_vnni').repeat(2)));
});

test('other flags, other lines and other systems are not VNNI', () => {
  assert.ok(!listsVnni(cpuinfo('avx512f avx512bw avx512_bf16')));
  assert.ok(!listsVnni(cpuinfo('avx_vnni_int8')), 'an extension that does not say VNNI itself');
  assert.ok(!listsVnni('model name\t: avx512_vnni\n'));
  assert.ok(!listsVnni(''));
});
