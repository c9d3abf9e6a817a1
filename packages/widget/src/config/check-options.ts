/** Called with one readable sentence per wrong value. */
export type ReportProblem = (problem: string) => void;

/**
 * Options as they came, names of other things among them. From attributes they are strings; what scripts and servers
 * pass is only hoped to be of these types.
 */
export type RawOptions = Record<string, string | number | boolean | readonly string[] | null | undefined>;

const slug = /^[\w-]+$/;
const integer = /^-?\d{1,10}$/;
const flag = /^(true|false)?$/;
const picture = /^https:../;

/** What a value must look like, as a string. Options that are not listed may be any text. */
const patterns: Record<string, RegExp | null | undefined> = {
  // Of names that every object inherits it knows nothing.
  __proto__: null,
  account: slug,
  agent: slug,
  backend: /^https?:../,
  mode: /^(floating|inline|page)$/,
  position: /^(bottom|top)-(right|left)$/,
  offsetX: integer,
  offsetY: integer,
  zIndex: integer,
  theme: /^(auto|light|dark)$/,
  radius: /^\d\d?$/,
  density: /^(comfortable|compact)$/,
  logo: picture,
  avatar: picture,
  dir: /^(ltr|rtl)$/,
  open: flag,
  copy: flag,
  dataLayer: flag,
  debug: flag,
  streaming: /^(auto|true|false)?$/,
};

/**
 * Leaves out what is wrong, and reports it by name, so that the next layer decides. One small table that the loader
 * can carry: it says whether a value is right. `parseOptions`, in the panel, turns the right ones into their types.
 */
export function checkOptions(raw: RawOptions, report: ReportProblem): RawOptions {
  const checked: RawOptions = {};
  // Its own names, not those that a page has given to every object.
  for (const [name, value] of Object.entries(raw)) {
    if (value == null) continue;
    const text = String(value);
    const isRight = name === 'accent' ? CSS.supports('color', text) : (patterns[name]?.test(text) ?? true);
    if (isRight) checked[name] = value;
    else report(`${name}="${text}" is not valid`);
  }
  return checked;
}
