import type { RawOptions, ReportProblem } from './check-options.ts';
import type { WidgetOptions } from './options.ts';

/**
 * Checked options as their types. Unknown names are left out: attributes hold other things too, and the page's global
 * may be of a newer version.
 */
export function parseOptions(checked: RawOptions, report: ReportProblem): WidgetOptions {
  const options: Record<string, unknown> = {};
  for (const [name, parse] of Object.entries(parsers)) {
    if (checked[name] === undefined) continue;
    const parsed = parse(checked[name]);
    if (parsed === undefined) report(`${name}=${JSON.stringify(checked[name])} is not valid`);
    // `auto` leaves the decision to the next layer.
    else if (parsed !== AUTO) options[name] = parsed;
  }
  return options;
}

type Parse = (value: unknown) => unknown;

const AUTO = Symbol('auto');
const text: Parse = (value) => (typeof value === 'string' ? value : undefined);
const name: Parse = (value) => (typeof value === 'string' && value.trim()) || undefined;
const flag: Parse = (value) => (value === 'auto' ? AUTO : value === '' || String(value) === 'true');
const integer: Parse = (value) => Number(value);
const address: Parse = (value) => String(value).replace(/\/+$/, '');

const listOfTexts: Parse = (value) => {
  try {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
};

const parsers: Record<keyof WidgetOptions, Parse> = {
  account: name,
  agent: name,
  backend: address,
  mode: text,
  target: name,
  position: text,
  offsetX: integer,
  offsetY: integer,
  zIndex: integer,
  theme: text,
  accent: text,
  radius: integer,
  density: text,
  logo: text,
  avatar: text,
  title: name,
  subtitle: text,
  greeting: text,
  placeholder: text,
  starters: listOfTexts,
  teaser: text,
  launcher: name,
  locale: name,
  dir: text,
  open: flag,
  streaming: flag,
  copy: flag,
  dataLayer: flag,
  debug: flag,
};
