import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { externalTensor, floatTensor, onnxFile } from '../../tests/graph/onnx-file.ts';
import type { ErrorCode } from '../core/index.ts';
import { type Graph, writeOnnx } from '../graph/index.ts';
import { defaultBackbonePath, openBackbone } from './backbone.ts';
import { sidecarPath } from './sidecar.ts';
import { tinyBackbone } from './test-fixtures/tiny-backbone.ts';

void suite('openBackbone', () => {
  let folder = '';
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pawprint-backbone-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** A backbone's file in a folder of its own, with its JSON. */
  async function write(model: Graph | Uint8Array, sidecar?: unknown): Promise<string> {
    const own = join(folder, String(count++));
    await mkdir(own);
    const path = join(own, 'net.onnx');
    await writeFile(path, model instanceof Uint8Array ? model : writeOnnx(model));
    if (sidecar !== undefined)
      await writeFile(sidecarPath(path), typeof sidecar === 'string' ? sidecar : JSON.stringify(sidecar));
    return path;
  }

  test('the one in the box: settings, licence and values as its JSON says', async () => {
    const { graph, ...backbone } = await openBackbone();
    const said = JSON.parse(await readFile(sidecarPath(defaultBackbonePath()), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(
      [backbone.name, backbone.licence, backbone.source, backbone.sha256, backbone.preprocessing],
      [said['name'], said['licence'], said['source'], said['sha256'], said['preprocessing']],
    );
    assert.equal(backbone.licence, 'Apache-2.0');
    assert.deepEqual([backbone.featuresOutput, backbone.featureCount], ['features', 1280]);
    assert.deepEqual([backbone.classLogitsOutput, backbone.classCount], ['logits', 1000]);
    const map = graph.nodes.flatMap(({ outputs }) => outputs).find(({ name }) => name === backbone.featureMapValue);
    assert.deepEqual(map?.shape, ['N', 1280, 7, 7]);
  });

  test('any other, without a JSON: ImageNet settings, its own size, values by name', async () => {
    const backbone = await openBackbone(await write(tinyBackbone({ input: [1, 3, 16, 16] })));
    assert.equal(backbone.name, 'net');
    assert.equal(backbone.licence, null);
    assert.deepEqual(backbone.preprocessing, {
      imageSizePx: 16,
      fit: 'crop',
      filter: 'bilinear',
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
    });
    assert.deepEqual([backbone.featuresOutput, backbone.featureCount], ['features', 4]);
    assert.deepEqual([backbone.classLogitsOutput, backbone.classCount], ['logits', 3]);
    assert.equal(backbone.featureMapValue, 'map');
    assert.deepEqual(backbone.graph.inputs[0]?.shape, ['N', 3, 16, 16], 'the batch of its export is freed');
  });

  test('without names: what enters the last layer, or the pooled map laid flat', async () => {
    const unnamed = await openBackbone(await write(tinyBackbone({ end: 'unnamed' })));
    assert.deepEqual([unnamed.featuresOutput, unnamed.classLogitsOutput], ['flat', null]);
    const pooled = await openBackbone(await write(tinyBackbone({ end: 'pooled' })));
    const made = pooled.graph.nodes.at(-1);
    assert.deepEqual([made?.op, made?.outputs[0]?.shape], ['Flatten', ['N', 4]]);
    assert.deepEqual([pooled.featuresOutput, pooled.featureMapValue], [made?.outputs[0]?.name, 'map']);
  });

  test('with a JSON: its settings and names, and a size where the graph leaves it open', async () => {
    const backbone = await openBackbone(
      await write(tinyBackbone({ end: 'unnamed', input: ['N', 3, 16, 16] }), {
        name: 'Tiny',
        licence: 'MIT',
        preprocessing: { fit: 'pad', mean: [0, 0, 0], std: [255, 255, 255] },
        outputs: { features: 'flat', classLogits: 'scores' },
      }),
    );
    assert.deepEqual([backbone.name, backbone.licence, backbone.classLogitsOutput], ['Tiny', 'MIT', 'scores']);
    assert.deepEqual([backbone.preprocessing.fit, backbone.preprocessing.std], ['pad', [255, 255, 255]]);
    const open = await write(openSize(), { preprocessing: { imageSizePx: 24 } });
    assert.deepEqual((await openBackbone(open)).graph.inputs[0]?.shape, ['N', 3, 24, 24]);
  });

  /** A file whose input is [N, 3, H, W], pooled to features. */
  function openSize(dims: readonly (number | string)[] = ['N', 3, 'H', 'W'], op = 'GlobalAveragePool'): Uint8Array {
    return onnxFile({
      inputs: { x: dims },
      outputs: ['features'],
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], outputs: ['map'] },
        { op, name: 'end', inputs: ['map'], outputs: ['pooled'] },
        { op: 'Flatten', inputs: ['pooled'], outputs: ['features'] },
      ],
      initializers: [floatTensor('w', [2, 3, 1, 1], [1, 2, 3, 4, 5, 6])],
    });
  }

  function outside(): Uint8Array {
    const w = externalTensor('w', [2, 3, 1, 1], '../secret.bin');
    const nodes = [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['map'] },
      { op: 'Flatten', inputs: ['map'], outputs: ['features'] },
    ];
    return onnxFile({ inputs: { x: ['N', 3, 16, 16] }, outputs: ['features'], initializers: [w], nodes });
  }

  const tiny = (): Uint8Array => writeOnnx(tinyBackbone());
  const twoInputs = (): Uint8Array =>
    onnxFile({
      inputs: { x: ['N', 3, 16, 16], y: ['N', 3, 16, 16] },
      outputs: ['features'],
      nodes: [
        { op: 'Add', inputs: ['x', 'y'], outputs: ['z'] },
        { op: 'Flatten', inputs: ['z'], outputs: ['features'] },
      ],
    });
  const noFeatures = (): Uint8Array =>
    onnxFile({
      inputs: { x: ['N', 3, 16, 16] },
      outputs: ['y'],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    });
  const refused: readonly (readonly [string, ErrorCode, RegExp, () => Uint8Array, unknown?])[] = [
    [
      'an unsupported operator',
      'OPERATOR_UNSUPPORTED',
      /operator Einsum \(node end\)/,
      () => openSize(['N', 3, 16, 16], 'Einsum'),
    ],
    ['channels last', 'MODEL_INVALID', /does not take photos/, () => openSize(['N', 16, 16, 3])],
    ['four channels', 'MODEL_INVALID', /does not take photos/, () => openSize(['N', 4, 16, 16])],
    ['a photo that is not square', 'MODEL_INVALID', /does not take photos/, () => openSize(['N', 3, 16, 32])],
    ['three dimensions', 'MODEL_INVALID', /does not take photos/, () => openSize(['N', 3, 16])],
    ['two inputs', 'MODEL_INVALID', /does not take photos/, twoInputs],
    ['an open size and no JSON', 'MODEL_INVALID', /leaves the size of its photos open/, () => openSize()],
    ['a size of 4', 'MODEL_INVALID', /unusual size/, () => openSize(['N', 3, 4, 4])],
    ['another size than the JSON', 'MODEL_INVALID', /another size/, tiny, { preprocessing: { imageSizePx: 32 } }],
    ['external data outside its folder', 'MODEL_INVALID', /outside the folder of the model/, outside],
    ['no ONNX', 'MODEL_INVALID', /net\.onnx is not an ONNX model/, () => Buffer.from('<html>not found</html>')],
    ['a truncated file', 'MODEL_INVALID', /truncated/, () => tiny().subarray(0, 600)],
    ['no features', 'MODEL_INVALID', /has no features that can be found/, noFeatures],
    ['features that are not there', 'MODEL_INVALID', /has no value f$/, tiny, { outputs: { features: 'f' } }],
    ['features of four dimensions', 'MODEL_INVALID', /gives map as/, tiny, { outputs: { features: 'map' } }],
    ['class logits that are not there', 'MODEL_INVALID', /no class logits c/, tiny, { outputs: { classLogits: 'c' } }],
    ['a JSON that is none', 'CONFIG_INVALID', /net\.json/, tiny, '{'],
    ['a JSON with a wrong value', 'CONFIG_INVALID', /preprocessing\.fit/, tiny, { preprocessing: { fit: 'tile' } }],
    ['a file that the JSON does not describe', 'CHECKSUM_MISMATCH', /JSON beside it/, tiny, { sha256: '0'.repeat(64) }],
  ];
  for (const [name, code, message, make, sidecar] of refused)
    test(`refuses ${name}`, async () => {
      await assert.rejects(
        openBackbone(await write(make(), sidecar)),
        (error: { code: string; message: string; hint?: string }) => {
          assert.match(error.message, message);
          assert.equal(error.code, code);
          assert.ok(error.hint !== undefined && error.hint !== '');
          return true;
        },
      );
    });

  test('a file that is not there', async () => {
    await assert.rejects(openBackbone(join(folder, 'none.onnx')), { code: 'FILE_NOT_FOUND' });
  });
});
