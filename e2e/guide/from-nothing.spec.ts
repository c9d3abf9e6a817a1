import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatOn } from '../support/chat.ts';
import { SERVER, stepsOf, type Step } from '../support/guide-examples.ts';
import { startFolder } from '../support/start-folder.ts';
import { expect, test } from '../support/test.ts';

/** Does what a step says, and nothing that it does not say. */
async function follow(
  { text, code: [given = ''] }: Step,
  folder: string,
  serverUrl: string,
): Promise<'served' | undefined> {
  const code = given.replaceAll(SERVER, serverUrl);
  const saved = /save this as `([\w.-]+)`/i.exec(text)?.[1];
  const edited = /^In `([\w.-]+)`, set /.exec(text)?.[1];
  const [, target, address] = /^curl -o (\S+) (\S+)$/.exec(code) ?? [];
  if (saved) await writeFile(join(folder, saved), code);
  else if (edited) await edit(join(folder, edited), text.replaceAll(SERVER, serverUrl));
  else if (target && address) await writeFile(join(folder, target), await (await fetch(address)).text());
  // Any static server does; the guide's needs Python, and a port that is free.
  else if (code === 'python3 -m http.server 8080') return 'served';
  else throw new Error(`The guide has a step that nobody knows how to follow: ${text}${code}`);
  return undefined;
}

/** Changes `name: value` in a file, for each that the step names, once: what an editor is used for. */
async function edit(file: string, step: string): Promise<void> {
  let content = await readFile(file, 'utf8');
  for (const [, name = '', value = ''] of step.matchAll(/`(\w+): ('[^']*')`/g)) {
    const setting = new RegExp(`^( *${name}: )'[^']*'`, 'm');
    expect(content, `${name} is there to be edited`).toMatch(setting);
    content = content.replace(setting, `$1${value}`);
  }
  await writeFile(file, content);
}

test('the guide followed to the letter in an empty folder: the chat answers, by tag and by iframe', async ({
  page,
  salient,
  allowConsoleError,
}) => {
  // The page is on another site than its server, which has no https here: the cookie does not come back.
  allowConsoleError(/status of 401/);
  const folder = await mkdtemp(join(tmpdir(), 'salient-new-user-'));
  const host = await startFolder(folder);
  try {
    const steps = stepsOf('Try it in an empty folder first');
    expect(steps).toHaveLength(5);
    const opened: string[] = [];
    let isServed = false;
    for (const step of steps) {
      if ((await follow(step, folder, salient.url)) === 'served') isServed = true;
      const named = /open `http:\/\/localhost:8080\/([\w.]*)`/.exec(step.text)?.[1];
      if (named === undefined) continue;
      expect(isServed, 'the guide has said how to serve the folder').toBe(true);
      await page.goto(host.url + named);
      opened.push(named);
      const frame = page.frameLocator('iframe');
      const place = named === '' ? page : frame;
      await place.getByRole('button', { name: 'Open chat' }).click();
      await place.getByRole('textbox', { name: 'Message' }).fill('How do I reset my password?');
      await page.keyboard.press('Enter');
      await expect(place.getByRole('log')).toContainText('Forgot password');
      // An answer under way would open the chat of the next page by itself.
      await expect(place.getByRole('button', { name: 'Stop' })).toHaveCount(0);
    }
    expect(opened).toEqual(['', 'iframe.html']);
    await expect(chatOn(page).launcher).toHaveCount(0);
  } finally {
    await host.stop();
    await rm(folder, { recursive: true });
  }
});
