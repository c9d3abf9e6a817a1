import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOwnPrices } from './read-own-prices.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'salient-prices-'));
  await mkdir(path.join(project, 'config'));
});

afterEach(() => rm(project, { recursive: true }));

test('are none where there is no file', async () => {
  expect(await readOwnPrices(project)).toEqual([]);
});

test('that cannot be right stop the start with one line that names them (M4)', async () => {
  await writeFile(
    path.join(project, 'config/pricing.yaml'),
    `prices:
  - provider: openai_compatible
    model: mine
    currency: USD
    input: "-0.60"
    output: "1000000"
    read_from: https://www.example.com/pricing
    read_on: 2026-01-31
`,
  );
  await expect(readOwnPrices(project)).rejects.toMatchObject({
    name: 'ConfigError',
    message:
      'Cannot start: config/pricing.yaml:5: prices.0.input: must be US dollars per million tokens, 0 to 9999, with at most 8 decimals; ' +
      'config/pricing.yaml:6: prices.0.output: must be US dollars per million tokens, 0 to 9999, with at most 8 decimals',
  });
});
