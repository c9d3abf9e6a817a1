import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startLine } from '../support/start-line.ts';
import { startSalient } from '../support/start-salient.ts';
import { chatAt } from './drive-chat.ts';
import { expect, test } from './driver-test.ts';
import { browserNames } from './open-driver.ts';

const MINUTE_MS = 60_000;

test('S17: a minute without a network in the middle of an answer, in every browser: the rest comes by itself', async ({
  openBrowser,
}) => {
  test.setTimeout(5 * MINUTE_MS);
  const folder = await mkdtemp(path.join(tmpdir(), 'salient-e2e-config-'));
  const file = path.join(folder, 'app.yaml');
  await writeFile(file, 'llm: { local_words_per_second: 4 }\n');
  const salient = await startSalient({ env: { SALIENT_CONFIG: file } });
  const line = await startLine(salient.url);
  try {
    const visits = await Promise.all(
      browserNames.map(async (name) => {
        const driver = await openBrowser(name);
        await driver.goto(`${line.url}/demo/widget`);
        const chat = chatAt(driver);
        await chat.open();
        return chat;
      }),
    );
    await Promise.all(visits.map((chat) => chat.send('What is your return policy?', 'you can return')));
    line.cut();
    await wait(MINUTE_MS);
    for (const chat of visits) expect(await chat.logText()).not.toContain('number is enough');
    line.mend();
    await Promise.all(visits.map((chat) => chat.expectLog('number is enough')));
    const [one, ...others] = await Promise.all(visits.map((chat) => chat.answerText()));
    expect(one).toMatch(/^Our return policy: you can return almost anything .* your order\s+number is enough\./s);
    for (const other of others) expect(other).toBe(one);
  } finally {
    await line.close();
    await salient.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
