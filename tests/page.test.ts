// The page at / in Debian's Chromium, against the real service: every way in for a photo, what it says of it, several
// at once, history, camera, errors in plain words, dark, narrow, by keyboard, for screen readers (axe), and the model in
// the browser, which agrees with the service. Whatever it does, it asks no other origin and breaks no policy.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  dispatchWithFiles,
  findChromium,
  openBrowser,
  type Photo,
  photosFor,
  type Visit,
  visit,
} from './support/page-visit.ts';
import { runInProcess } from './support/run-in-process.ts';
import { writeRandomModel } from './support/random-model.ts';
import { boxModel, type RunningService, startService } from './support/running-service.ts';

const chromium = findChromium();
const skip = chromium === undefined ? 'there is no chromium here' : false;
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const perClass = 8;

let cwd = '';
let browser: Browser | undefined;
let photos: Photo[] = [];
/** The transfer model, the CNN, and one of three classes that is sure of nothing. */
const services: RunningService[] = [];
const visits: Visit[] = [];

before(async () => {
  if (chromium === undefined) return;
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-page-'));
  await runInProcess(['data', 'sample', '--to', 'drawn', '--count', String(2 * perClass)], { cwd });
  ({ photos } = photosFor(join(cwd, 'drawn'), perClass));
  browser = await openBrowser(chromium);
  await writeRandomModel(join(cwd, 'fruit.onnx'), ['apples', 'pears', 'quinces']);
  services.push(
    ...(await Promise.all([
      startService(['--max-pixels', '1000000'], { cwd }),
      startService([], { cwd, model: boxModel('cnn') }),
      startService(['--workers', '1'], { cwd, model: join(cwd, 'fruit.onnx') }),
    ])),
  );
});
after(async () => {
  await browser?.close();
  await Promise.all(services.map(({ kill }) => kill()));
  if (cwd !== '') await rm(cwd, { recursive: true, force: true });
});

const urlOf = (index = 0): string => `${services[index]?.url ?? ''}/`;
const photo = (index: number): Photo => {
  const found = photos[index];
  assert.ok(found);
  return found;
};

/** A new visitor; closed when the test ends, which also fails if the page complained or looked elsewhere. */
async function open(t: TestContext, options: BrowserContextOptions = {}, service = 0): Promise<Page> {
  assert.ok(browser);
  const made = await visit(browser, urlOf(service), options);
  visits.push(made);
  t.after(() => made.page.context().close());
  await made.page.locator('#dot.good').waitFor();
  return made.page;
}

interface Answer {
  label: string;
  confidence: number;
  answer: string;
  probabilities: Record<string, number>;
}

/** What the service itself says. */
async function asked({ buffer, name }: Photo, service = 0): Promise<Answer> {
  const body = new FormData();
  body.append('file', new Blob([Uint8Array.from(buffer)]), name);
  const response = await fetch(`${urlOf(service)}predict`, { method: 'POST', body });
  return (await response.json()) as Answer;
}

const stated = (page: Page): Promise<string | null> => page.locator('.stated').textContent();

test(
  'the photo that is chosen is answered as the service answers it, with heat map and details',
  { skip },
  async (t) => {
    const page = await open(t);
    await page.setInputFiles('#files', [photo(0)]);
    await page.locator('.stated').waitFor();
    const { label, answer, probabilities } = await asked(photo(0));
    assert.equal(await stated(page), answer);
    const bars = await page.locator('.bars li').allTextContents();
    assert.deepEqual(
      bars.map((text) => /^[a-z]+/.exec(text)?.[0]),
      Object.keys(probabilities),
    );
    await page.locator('#heat-image[src^="data:image/png"]').waitFor();
    assert.match((await page.locator('#heat-image').getAttribute('alt')) ?? '', new RegExp(label));
    await page.getByText('Details').click();
    assert.match((await page.locator('.facts').textContent()) ?? '', /the service.*transfer, version [0-9a-f]{12}/);
    assert.match((await page.locator('#spoken').textContent()) ?? '', new RegExp(`^${label}\\. `));
  },
);

test('photos are taken by dropping, pasting and the camera', { skip }, async (t) => {
  const page = await open(t);
  const drop = `for (const kind of ['dragenter', 'dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }))`;
  const paste = `document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))`;
  const caption = page.locator('#picture-caption');
  for (const [index, dispatch] of [drop, paste].entries()) {
    await page.evaluate(dispatchWithFiles([photo(index)], dispatch));
    await caption.getByText(photo(index).name).waitFor();
    await page.locator('.stated').waitFor();
  }
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByRole('button', { name: 'Take the photo' }).click();
  await caption.getByText('camera.jpg').waitFor();
  await page.locator('.stated').waitFor();
});

test('several files fill a table and a CSV in which no name is a formula', { skip }, async (t) => {
  const page = await open(t);
  const files = [
    photo(0),
    { ...photo(1), name: '=HYPERLINK("x"),1.jpg' },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
    photo(perClass),
  ];
  await page.setInputFiles('#files', files);
  await page.getByText('3 answered, 1 not', { exact: true }).first().waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  const lines = csv.trimEnd().split('\r\n');
  assert.equal(lines[0], 'file,label,confidence,cats,dogs,answer,why,error');
  const expected = await asked(photo(0));
  assert.equal(
    lines[1],
    `${photo(0).name},${expected.label},${expected.confidence},${expected.probabilities['cats'] ?? ''},${expected.probabilities['dogs'] ?? ''},${expected.answer},,`,
  );
  assert.ok(lines[2]?.startsWith(`"'=HYPERLINK(""x""),1.jpg",`), lines[2]);
  assert.match(lines[3] ?? '', /^notes\.txt,,,,,,,.*not a picture/);
  assert.equal(lines.length, 5);
  await page
    .getByRole('button', { name: photo(perClass).name })
    .first()
    .click();
  await page.locator('#picture-caption').getByText(photo(perClass).name).waitFor();
});

test('refusals are told in the words of the service', { skip }, async (t) => {
  const page = await open(t);
  // A PNG header that promises 30,000 × 30,000 pixels.
  const bomb = Buffer.from('89504e470d0a1a0a0000000d49484452000075300000753008020000004d0d1bd60000000c49444154', 'hex');
  for (const [name, mimeType, buffer, words] of [
    [
      'notes.txt',
      'text/plain',
      Buffer.from('no picture'),
      /not a supported picture.*notes\.txt: The content is not a picture.*Convert it to JPEG or PNG/,
    ],
    ['huge.png', 'image/png', bomb, /more pixels than allowed.*30000 × 30000 pixels.*smaller copy/],
  ] as const) {
    await page.setInputFiles('#files', { name, mimeType, buffer });
    const alert = page.getByRole('alert').filter({ hasText: name });
    await alert.waitFor();
    assert.match((await alert.textContent()) ?? '', words);
  }
  await page.setInputFiles('#files', [photo(0)]);
  await page.locator('.stated').waitFor();
  assert.equal(await page.locator('#answer .problem').count(), 0);
});

test('"was this right?" reaches the service', { skip }, async (t) => {
  const page = await open(t);
  await page.setInputFiles('#files', [photo(0)]);
  const { label } = await asked(photo(0));
  await page.getByRole('button', { name: `Yes, ${label}` }).click();
  await page.getByText(`Thank you, noted: ${label}.`).waitFor();
  await page.locator('#memories').getByText('right').waitFor();
  const { feedback } = (await (await fetch(`${urlOf()}stats`)).json()) as { feedback: { correct: number } };
  assert.equal(feedback.correct, 1);
});

test('history survives a reload, is shown again, and is cleared', { skip }, async (t) => {
  const page = await open(t);
  for (const index of [0, perClass]) {
    await page.setInputFiles('#files', [photo(index)]);
    await page.locator('#memories').getByText(photo(index).name).waitFor({ state: 'attached' });
  }
  await page.reload();
  const memories = page.locator('#memories li');
  await memories.nth(1).waitFor();
  assert.equal(await memories.count(), 2);
  await memories.nth(1).getByRole('button').click();
  await page.locator('#picture-caption').getByText(photo(0).name).waitFor();
  assert.equal(await stated(page), (await asked(photo(0))).answer);
  await page.getByRole('button', { name: 'Clear' }).click();
  await memories.first().waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('#dot.good').waitFor();
  assert.equal(await page.locator('#history').isVisible(), false);
});

test('dark follows the system or the switch, which is remembered', { skip }, async (t) => {
  const page = await open(t, { colorScheme: 'dark' });
  const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await ground();
  await page.getByRole('radio', { name: 'Light' }).check();
  const light = await ground();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await ground(), light);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('radio', { name: 'Dark' }).check();
  assert.equal(await ground(), dark);
});

const overflow = '[document.documentElement.scrollWidth, innerWidth]';

test('320 pixels are wide enough', { skip }, async (t) => {
  const page = await open(t, { viewport: { width: 320, height: 700 }, hasTouch: true, isMobile: true });
  const assertFits = async (): Promise<void> => {
    const [width = 0, room = 0] = await page.evaluate<number[]>(overflow);
    assert.ok(width <= room && room === 320, `${width} of ${room}`);
  };
  await assertFits();
  const long = { ...photo(1), name: `${'a-name-without-a-space'.repeat(6)}.jpg` };
  await page.setInputFiles('#files', [photo(0), long, { ...photo(2), name: 'x.txt', buffer: Buffer.from('x') }]);
  await page.getByText('2 answered, 1 not', { exact: true }).first().waitFor();
  await page.getByText('The same as a table').click();
  await page.setInputFiles('#files', [long]);
  await page.locator('.stated').waitFor();
  await assertFits();
});

test('everything is reached by keyboard, and seen to be', { skip }, async (t) => {
  const page = await open(t);
  // Long before it is pressed, so that the browser knows that the dialog is not to open for real.
  const choosing = page.waitForEvent('filechooser');
  const focused = `(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return { name: '', outline: 0 };
    const shown = element.matches('.switch input, .theme input') ? element.nextElementSibling : element;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    return { name: element.id || element.textContent.trim() || element.name, outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) };
  })()`;
  const reached: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const { name, outline } = await page.evaluate<{ name: string; outline: number }>(focused);
    if (name === '' || reached.includes(name)) break;
    assert.ok(outline >= 2, `${name}: an outline of ${outline} pixels`);
    reached.push(name);
  }
  assert.equal(reached[0], 'Skip to the photo');
  for (const wanted of ['theme', 'choose', 'camera', 'heat', 'local', 'The same as a table', 'How to call it'])
    assert.ok(reached.includes(wanted), `${wanted} among ${reached.join(', ')}`);

  await page.locator('#choose').focus();
  await page.keyboard.press('Enter');
  await (await choosing).setFiles([photo(0)]);
  await page.locator('.stated').waitFor();
  const yes = page.getByRole('button', { name: /^Yes, / });
  for (let i = 0; i < 3 && !(await yes.evaluate('(element) => element === document.activeElement')); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Thank you, noted').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing to complain about, ${colorScheme}`, { skip }, async (t) => {
    const page = await open(t, { colorScheme, reducedMotion: 'reduce' });
    const axe = await readFile(axeFile, 'utf8');
    const check = async (when: string): Promise<void> => {
      await page.evaluate(axe);
      const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
        'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
      );
      assert.deepEqual(
        violations.map(({ id, nodes }) => [when, id, nodes.map(({ html }) => html)]),
        [],
      );
    };
    await check('empty');
    await page.setInputFiles('#files', [photo(0), photo(1), { ...photo(2), name: 'x.txt', buffer: Buffer.from('x') }]);
    await page.getByText('2 answered, 1 not', { exact: true }).first().waitFor();
    await page.getByText('The same as a table').click();
    await page.getByText('Details').click();
    await page.locator('#live-table tbody tr').first().waitFor();
    await check('with answers');
    await page.getByRole('button', { name: 'x.txt' }).click();
    await page.getByRole('alert').filter({ hasText: 'x.txt' }).waitFor();
    await check('with a refusal');
  });

test('the charts show what the service did, in pictures, words and a table', { skip }, async (t) => {
  const page = await open(t, {}, 1);
  for (const index of [0, 1]) await asked(photo(index), 1);
  await page.getByRole('img', { name: /Photos a second over the last minute: 2 in a minute, 0 refused/ }).waitFor();
  const classes = page.getByRole('img', { name: /Answers by class over the last minute: cats \d, dogs \d/ });
  assert.ok((await classes.locator('rect').count()) > 0);
  await page.getByText('The same as a table').click();
  await page.locator('#live-table tbody th').first().waitFor();
});

for (const [service, name] of [
  [0, 'transfer, int8'],
  [1, 'cnn'],
] as const)
  test(`the model in the browser answers as the service does, and no photo leaves: ${name}`, { skip }, async (t) => {
    const page = await open(t, {}, service);
    let sent = 0;
    page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0));
    await page.getByRole('switch', { name: 'Answer in this browser' }).check();
    await page.setInputFiles('#files', [photo(0)]);
    await page.locator('.stated').waitFor();
    assert.match((await page.locator('.facts').textContent()) ?? '', /the model in this browser/);
    await page.setInputFiles('#files', photos);
    await page.getByText(`${photos.length} answered`, { exact: true }).first().waitFor();
    assert.equal(sent, 0);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    const rows = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n').slice(1);
    let largest = 0;
    for (const [index, row] of rows.entries()) {
      const [, , , cats = '', dogs = '', answer = ''] = row.split(',');
      const expected = await asked(photo(index), service);
      largest = Math.max(
        largest,
        Math.abs(Number(cats) - (expected.probabilities['cats'] ?? NaN)),
        Math.abs(Number(dogs) - (expected.probabilities['dogs'] ?? NaN)),
      );
      assert.equal(answer, expected.answer, photo(index).name);
    }
    assert.ok(largest <= 1e-3, `probabilities differ by ${largest}`);
    t.diagnostic(`largest difference of a probability over ${rows.length} photos: ${largest.toExponential(1)}`);
  });

test(
  'classes are those of the model, however many, and what is unsure says why, in the browser too',
  { skip },
  async (t) => {
    const page = await open(t, {}, 2);
    await page.getByText('tells apples, pears from quinces apart').waitFor();
    const expected = await asked(photo(0), 2);
    for (const where of ['service', 'browser']) {
      if (where === 'browser') await page.getByRole('switch', { name: 'Answer in this browser' }).check();
      await page.setInputFiles('#files', [photo(0)]);
      await page.locator('.facts').getByText(where).waitFor({ state: 'attached' });
      assert.equal(await stated(page), 'Unsure');
      assert.match((await page.locator('.why').textContent()) ?? '', /^Why unsure\? .*99\.9\s%/);
      const bars = await page.locator('.bars li').allTextContents();
      assert.deepEqual(
        bars.map((text) => /^[a-z]+/.exec(text)?.[0]),
        ['apples', 'pears', 'quinces'],
      );
      const asksBack = page.getByRole('group', { name: 'What is it?' });
      if (where === 'service') await asksBack.getByRole('button', { name: expected.label, exact: true }).waitFor();
      else assert.equal(await asksBack.count(), 0, 'the service knows nothing of the photo');
    }
  },
);

test('a service with keys is asked with the one that is typed in, also for its model', { skip }, async (t) => {
  const made = await runInProcess(['api-key', 'create', '--name', 'page', '--file', 'keys.json', '--json'], { cwd });
  const { key } = JSON.parse(made.out) as { key: string };
  services[3] = await startService(['--workers', '1', '--api-keys', 'keys.json'], { cwd, model: boxModel('cnn') });
  const page = await open(t, {}, 3);
  const field = page.getByLabel('API key');
  assert.equal(await field.isVisible(), false);
  await page.setInputFiles('#files', [photo(0)]);
  await field.fill('pp_wrong');
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'visible' });
  await field.fill(key);
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.locator('.stated').waitFor();
  // A reload in the same tab keeps it.
  await page.reload();
  await page.locator('#dot.good').waitFor();
  await page.getByRole('switch', { name: 'Answer in this browser' }).check();
  await page.setInputFiles('#files', [photo(0)]);
  await page.locator('.facts').getByText('the model in this browser').waitFor({ state: 'attached' });
  assert.equal(await field.isVisible(), false);
});

test('in all of that nothing was asked of another origin, and no script or style broke the policy', { skip }, () => {
  assert.ok(visits.length > 10);
  assert.deepEqual(
    visits.flatMap(({ elsewhere, complaints }) => [...elsewhere, ...complaints]),
    [],
  );
});
