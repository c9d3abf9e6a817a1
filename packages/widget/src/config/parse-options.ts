import { WIDGET_DENSITIES, WIDGET_POSITIONS, WIDGET_PRELOADS, WIDGET_THEMES } from '@salient/shared-types';
import { isWrong, type RawOptions, type ReportProblem } from './check-options.ts';
import { WIDGET_MODES, type WidgetOptions } from './options.ts';

/**
 * Options as their types, without what is wrong, which is reported by name. Unknown names are left out: attributes hold
 * other things too, and the page's global may be of a newer version.
 */
export function parseOptions(raw: RawOptions, report: ReportProblem): WidgetOptions {
  const options: Record<string, unknown> = {};
  for (const [name, parse] of Object.entries(parsers)) {
    // Its own names, not those that a page has given to every object.
    const value = Object.hasOwn(raw, name) ? raw[name] : null;
    if (value == null) continue;
    const parsed = isWrong(name, value) ? undefined : parse(value);
    if (parsed === undefined) report(`${name}=${JSON.stringify(value)} is not valid`);
    // `auto` leaves the decision to the next layer.
    else if (parsed !== AUTO) options[name] = parsed;
  }
  return options;
}

type Parse = (value: unknown) => unknown;

const AUTO = Symbol('auto');
const text: Parse = (value) => (typeof value === 'string' ? value : undefined);
const name: Parse = (value) => (typeof value === 'string' && value.trim()) || undefined;
const flag: Parse = (value) => {
  if (value === '' || String(value) === 'true') return true;
  return String(value) === 'false' ? false : undefined;
};
const integer: Parse = (value) => (/^-?\d{1,10}$/.test(String(value)) ? Number(value) : undefined);
const address: Parse = (value) => (/^https?:../.test(String(value)) ? String(value).replace(/\/+$/, '') : undefined);
const slug: Parse = (value) => (/^[\w-]+$/.test(String(value)) ? value : undefined);
const picture: Parse = (value) => (/^https:../.test(String(value)) ? value : undefined);
const oneOf =
  (values: readonly unknown[]): Parse =>
  (value) =>
    values.includes(value) ? value : undefined;

const listOfTexts: Parse = (value) => {
  try {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
};

const parsers: Record<keyof WidgetOptions, Parse> = {
  account: slug,
  agent: slug,
  backend: address,
  mode: oneOf(WIDGET_MODES),
  target: name,
  position: oneOf(WIDGET_POSITIONS),
  offsetX: integer,
  offsetY: integer,
  zIndex: integer,
  theme: oneOf(WIDGET_THEMES),
  accent: text,
  radius: (value) => (/^\d\d?$/.test(String(value)) ? Number(value) : undefined),
  density: oneOf(WIDGET_DENSITIES),
  logo: picture,
  avatar: picture,
  title: name,
  subtitle: text,
  greeting: text,
  placeholder: text,
  starters: listOfTexts,
  label: name,
  teaser: text,
  launcher: name,
  // BCP 47, as far as a page needs it. A language without words is no mistake: it is told in English.
  locale: (value) => (/^[a-z]{2,8}(-\w{1,8})*$/i.test(String(value)) ? value : undefined),
  dir: oneOf(['ltr', 'rtl']),
  open: flag,
  preload: oneOf(WIDGET_PRELOADS),
  streaming: (value) => (value === 'auto' ? AUTO : flag(value)),
  copy: flag,
  dataLayer: flag,
  debug: flag,
};
