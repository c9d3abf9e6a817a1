/**
 * What the studio is set to, as a link can carry it. A link is untrusted: every value is held against its pattern, and
 * what is wrong is left at its default and named.
 */

const picture = /^(https:\/\/[^\s"'<>\\]{1,292})?$/;
const slug = /^[a-z0-9][a-z0-9_-]{0,63}$/i;
const line = (/** @type {number} */ max) => new RegExp(`^[^\\p{Cc}]{0,${max}}$`, 'u');
const lines = (/** @type {number} */ max) => new RegExp(`^(?:[^\\p{Cc}]|\\n){0,${max}}$`, 'u');

/** Name, default and form of every setting. An empty text means: as the agent's own configuration says. */
const SETTINGS = /** @type {Record<string, {start: string, form: RegExp}>} */ ({
  account: { start: 'default_account', form: slug },
  agent: { start: 'simple_chat1', form: slug },
  mode: { start: 'floating', form: /^(floating|inline|page)$/ },
  position: { start: '', form: /^((bottom|top)-(right|left))?$/ },
  theme: { start: '', form: /^(auto|light|dark)?$/ },
  accent: { start: '', form: /^(#[0-9a-f]{6})?$/i },
  radius: { start: '', form: /^(0|8|16|24)?$/ },
  density: { start: '', form: /^(comfortable|compact)?$/ },
  logo: { start: '', form: picture },
  avatar: { start: '', form: picture },
  title: { start: '', form: line(80) },
  subtitle: { start: '', form: line(120) },
  greeting: { start: '', form: lines(600) },
  placeholder: { start: '', form: line(80) },
  starters: { start: '', form: lines(600) },
  teaser: { start: '', form: line(120) },
  locale: { start: '', form: /^([a-z]{2,3}(-[a-z0-9]{2,8}){0,3})?$/i },
  open: { start: 'false', form: /^(true|false)$/ },
  scene: { start: 'shop', form: /^(shop|clinic|software|screenshot)$/ },
  device: { start: 'desktop', form: /^(desktop|phone)$/ },
});

/** Settings of the studio itself; all others are the widget's. */
const ONLY_HERE = new Set(['scene', 'device']);

/**
 * @param {string} text a query or a hash, with or without its first character
 * @returns {{state: Record<string, string>, refused: string[]}} `refused` names what was wrong or unknown
 */
export function parseState(text) {
  const given = new URLSearchParams(text.replace(/^[#?]/, ''));
  const state = startState();
  const refused = [];
  for (const [name, value] of given) {
    if (isAllowed(name, value)) state[name] = value;
    else refused.push(name);
  }
  return { state, refused };
}

/** @returns {Record<string, string>} */
export function startState() {
  return Object.fromEntries(Object.entries(SETTINGS).map(([name, { start }]) => [name, start]));
}

/**
 * @param {string} name
 * @param {string} value
 */
export function isAllowed(name, value) {
  return Object.hasOwn(SETTINGS, name) && (SETTINGS[name]?.form.test(value) ?? false);
}

/**
 * Only what differs from the start, so that links stay short.
 *
 * @param {Record<string, string>} state
 */
export function serializeState(state) {
  const changed = Object.entries(state).filter(([name, value]) => value !== SETTINGS[name]?.start);
  return new URLSearchParams(changed).toString();
}

/**
 * The state as the widget's options, without what is the default anyway.
 *
 * @param {Record<string, string>} state
 */
export function widgetOptions(state) {
  /** @type {Record<string, string | boolean | string[]>} */
  const options = {};
  for (const [name, value] of Object.entries(state)) {
    const always = name === 'account' || name === 'agent';
    if (ONLY_HERE.has(name) || (!always && value === SETTINGS[name]?.start)) continue;
    options[name] = name === 'starters' ? readLines(value) : name === 'open' ? true : value;
  }
  return options;
}

/** @param {string} text */
function readLines(text) {
  return text
    .split('\n')
    .map((entry) => entry.trim())
    .filter(Boolean);
}
