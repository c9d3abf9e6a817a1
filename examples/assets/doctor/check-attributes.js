import { findingsOf } from './finding.js';

const integer = /^-?\d{1,10}$/;
const flag = /^(true|false)?$/;
const text = /^[\s\S]*$/;
const name = /\S/;
const picture = /^https:\/\/./;
const slug = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** Every setting of the widget by its attribute's name, its form, and that form in words. */
export const ATTRIBUTES = /** @type {Record<string, [form: RegExp, words: string]>} */ ({
  account: [slug, 'the slug of an account'],
  agent: [slug, 'the slug of an agent'],
  backend: [/^https?:\/\/./, 'an address that begins with https://'],
  mode: [/^(floating|inline|page)$/, 'floating, inline or page'],
  target: [name, 'a CSS selector'],
  position: [/^(bottom|top)-(right|left)$/, 'bottom-right, bottom-left, top-right or top-left'],
  'offset-x': [integer, 'a whole number of pixels, without a unit'],
  'offset-y': [integer, 'a whole number of pixels, without a unit'],
  'z-index': [integer, 'a whole number'],
  theme: [/^(auto|light|dark)$/, 'auto, light or dark'],
  accent: [/^[#a-z][\w\s(),.%/#+-]*$/i, 'a CSS colour'],
  radius: [/^\d\d?$/, 'a number of pixels from 0 to 99'],
  density: [/^(comfortable|compact)$/, 'comfortable or compact'],
  logo: [picture, 'the https address of a picture'],
  avatar: [picture, 'the https address of a picture'],
  title: [name, 'a text that is not empty'],
  subtitle: [text, 'a text'],
  greeting: [text, 'a text'],
  placeholder: [text, 'a text'],
  starters: [text, 'a JSON array of texts'],
  label: [text, 'a text'],
  teaser: [text, 'a text'],
  launcher: [name, 'a CSS selector of your own elements'],
  locale: [name, 'a language such as en or pt-BR'],
  dir: [/^(ltr|rtl)$/, 'ltr or rtl'],
  open: [flag, 'true or false'],
  preload: [/^(intent|idle)$/, 'intent or idle'],
  streaming: [/^(auto|true|false)?$/, 'auto, true or false'],
  copy: [flag, 'true or false'],
  'data-layer': [flag, 'true or false'],
  debug: [flag, 'true or false'],
});

const { ok, warning, error } = findingsOf('attributes');

/**
 * @param {import('./find-installations.js').Installation} installation
 * @returns {import('./finding.js').Finding[]}
 */
export function checkAttributes({ kind, options }) {
  const findings = Object.entries(options).flatMap(([given, value]) => checkOne(given, value, kind) ?? []);
  if (options['mode'] === 'inline' && !options['target']) {
    findings.push(
      error('data-mode="inline" without data-target.', 'Say which element to fill, such as data-target="#chat".'),
    );
  }
  return findings.length > 0 ? findings : [ok('All attributes are right.')];
}

/**
 * @param {string} given
 * @param {string} value
 * @param {import('./find-installations.js').Installation['kind']} kind
 */
function checkOne(given, value, kind) {
  const written = kind === 'tag' ? `data-${given}` : given;
  const attribute = ATTRIBUTES[given];
  if (!attribute) {
    const meant = Object.keys(ATTRIBUTES).find((known) => isNear(known, given));
    // Other programs put attributes on tags too; only what looks like one of ours is worth a word.
    return meant
      ? warning(`${written} is not a setting, so it does nothing.`, `Did you mean ${written.replace(given, meant)}?`)
      : null;
  }
  const [form, words] = attribute;
  const isRight = given === 'starters' ? isListOfTexts(value) : form.test(value);
  return isRight ? null : error(`${written}="${value}" is not valid.`, `It must be ${words}.`);
}

/** @param {string} json */
function isListOfTexts(json) {
  try {
    const list = JSON.parse(json);
    return Array.isArray(list) && list.every((entry) => typeof entry === 'string');
  } catch {
    return false;
  }
}

/**
 * Whether one is the other with a letter more, less or different, or with its words run together.
 *
 * @param {string} known
 * @param {string} given
 */
function isNear(known, given) {
  if (known.replaceAll('-', '') === given.replaceAll(/[-_]/g, '')) return true;
  if (Math.abs(known.length - given.length) > 1 || known.length < 4) return false;
  let start = 0;
  while (start < known.length && known[start] === given[start]) start++;
  let end = 0;
  while (end < known.length - start && end < given.length - start && known.at(-1 - end) === given.at(-1 - end)) end++;
  return Math.max(known.length, given.length) - start - end <= 1;
}
