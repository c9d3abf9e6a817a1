import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ATTRIBUTES, checkAttributes } from '../../examples/assets/doctor/check-attributes.js';
import { findInstallations } from '../../examples/assets/doctor/find-installations.js';
import { readElements } from '../../examples/assets/doctor/read-elements.js';

/** @param {string} attributes */
function examine(attributes) {
  const elements = readElements(`<script src="https://chat.example.com/chat-widget.js" ${attributes}></script>`);
  const [installation] = findInstallations(elements, 'https://www.example.com/').installations;
  if (!installation) throw new Error('not found');
  return checkAttributes(installation).map(({ level, text, advice = '' }) => `${level}: ${text} ${advice}`.trim());
}

// That the widget finds the same values right and wrong is shown in a browser: e2e/demo/doctor.spec.ts.
it.each([
  ['offset-x', '8px', 'a whole number of pixels, without a unit'],
  ['starters', '["a"', 'a JSON array of texts'],
  ['backend', 'chat.example.com', 'an address that begins with https://'],
])('says that %s="%s" is wrong and what is right', (name, value, words) => {
  expect(examine(`data-${name}='${value}'`)).toEqual([
    `error: data-${name}="${value}" is not valid. It must be ${words}.`,
  ]);
});

it('names what was probably meant, and leaves the attributes of other programs alone', () => {
  expect(examine('data-acount="x" data-offsetx="2" data-cookieconsent="ignore" data-turbo-track="reload"')).toEqual([
    'warning: data-acount is not a setting, so it does nothing. Did you mean data-account?',
    'warning: data-offsetx is not a setting, so it does nothing. Did you mean data-offset-x?',
  ]);
});

it('misses the target of a chat in the page', () => {
  expect(examine('data-mode=inline')).toEqual([
    'error: data-mode="inline" without data-target. Say which element to fill, such as data-target="#chat".',
  ]);
});

it('knows the settings of the widget and the attributes of the guide, all of them and no other', () => {
  const read = (/** @type {string} */ file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const [, parsers = ''] =
    /const parsers.*?= \{(.*?)\n\};/s.exec(read('packages/widget/src/config/parse-options.ts')) ?? [];
  const settings = [...parsers.matchAll(/^ +(\w+):/gm)].map(([, name = '']) =>
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
  const rows = read('examples/EMBEDDING-GUIDE.md').match(/^\| `data-.*$/gm) ?? [];
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`data-([\w-]+)`/g)].map(([, name]) => name),
  );
  expect(new Set(settings)).toEqual(new Set(Object.keys(ATTRIBUTES)));
  expect(new Set(documented)).toEqual(new Set(Object.keys(ATTRIBUTES)));
});
