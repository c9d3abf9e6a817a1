import { describe, expect, test } from 'vitest';
import { en, type Words } from './en.ts';
import { LOCALES, loadWords } from './load-words.ts';

type Text = string | ((count: number) => string);

/** Every text of a locale by its key, those of `errors` as `errors.key`. */
function textsOf({ errors, ...words }: Words): Record<string, Text> {
  const ofErrors = Object.entries(errors).map(([key, text]): [string, Text] => [`errors.${key}`, text]);
  return Object.assign(Object.fromEntries(ofErrors), words);
}

const spell = (text: Text) => (typeof text === 'string' ? text : text(7));

/** Where another language has the very word. */
const SAME_AS_ENGLISH: Record<string, string[]> = {
  fr: ['assistant', 'message', 'conversation', 'sources', 'source'],
};

test('there are at least twelve languages besides English', () => {
  expect(Object.keys(LOCALES).length).toBeGreaterThanOrEqual(12);
});

describe.each(Object.keys(LOCALES))('the words of %s', (locale) => {
  test('are all there, translated, and under their own tag', async () => {
    const words = await loadWords(locale);
    expect(words.locale).toBe(locale);
    const texts = textsOf(words);
    const english = textsOf(en);
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(english).toSorted());
    const same = Object.keys(texts).filter((key) => spell(texts[key]!) === spell(english[key]!));
    expect(same.filter((key) => !SAME_AS_ENGLISH[locale]?.includes(key))).toEqual([]);
    expect(Object.values(texts).filter((text) => !/\S/.test(spell(text)))).toEqual([]);
  });

  test('hold the number they speak of, whatever its plural', async () => {
    const words = await loadWords(locale);
    const numbers = new Intl.NumberFormat(locale);
    const counted = Object.entries(textsOf(words)).filter(([, text]) => typeof text === 'function');
    for (const [key, text] of counted as [string, (count: number) => string][]) {
      for (const count of [1, 2, 3, 5, 11, 21, 22, 100, 1_000_000]) {
        expect(text(count), `${key} of ${count}`).toContain(numbers.format(count));
        expect(text(count)).not.toContain('{n}');
      }
    }
  });
});

test.each([
  ['ru', [1, 2, 5, 21], ['1 новое сообщение', '2 новых сообщения', '5 новых сообщений', '21 новое сообщение']],
  ['pl', [1, 2, 5, 22], ['1 nowa wiadomość', '2 nowe wiadomości', '5 nowych wiadomości', '22 nowe wiadomości']],
  ['cs', [1, 2, 5], ['1 nová zpráva', '2 nové zprávy', '5 nových zpráv']],
  ['en', [1, 2], ['1 new message', '2 new messages']],
])('%s counts by its own rules', async (locale, counts, texts) => {
  const words = await loadWords(locale);
  expect(counts.map(words.newBelow)).toEqual(texts);
});

test('Arabic has a form for one, for two, for a few and for many', async () => {
  const { unread } = await loadWords('ar');
  const forms = [1, 2, 3, 11, 100].map((count) => unread(count).replaceAll(/\p{Number}/gu, ''));
  expect(new Set(forms).size).toBeGreaterThanOrEqual(4);
});

test.each([
  ['de-AT', 'de'],
  ['PT-br', 'pt'],
  ['zh-Hant-TW', 'zh'],
  ['en-GB', 'en'],
  ['tlh', 'en'],
  ['', 'en'],
])('a page in "%s" is spoken to in %s', async (wished, spoken) => {
  const words = await loadWords(wished);
  expect(words.locale).toBe(spoken);
});
