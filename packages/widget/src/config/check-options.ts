import { reportProblem } from './report-problem.ts';

/** Called with one readable sentence per wrong value. */
export type ReportProblem = (problem: unknown) => void;

/**
 * Options as they came, names of other things among them. From attributes they are strings; what scripts and servers
 * pass is only hoped to be of these types.
 */
export type RawOptions = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** `name=value` of what the launcher is made of, and is wrong. */
const WRONG =
  /^(backend=(?!http)|(account|agent)=.*[^\w-]|(offset.|zIndex)=.*[^\d-]|position=(?!(top|bottom)-(left|right)$))/;

/** Whether the launcher cannot be made of it. */
export function isWrong(name: string, value: unknown): boolean {
  return name === 'accent' ? !CSS.supports('color', value as string) : WRONG.test(`${name}=${value as string}`);
}

/**
 * Puts layers of options together, the more important ones later. Leaves out what is wrong, and reports it by name, so
 * that the layer below decides. Only what the loader itself builds on: it has no room for more. `parseOptions`, in the
 * panel, checks the others and turns them all into their types.
 */
export function checkOptions(...layers: (RawOptions | undefined)[]): RawOptions {
  const checked: RawOptions = {};
  for (const layer of layers) {
    // Its own names, not those that a page has given to every object.
    for (const [name, value] of Object.entries(layer || {})) {
      if (value == null) continue;
      if (isWrong(name, value)) reportProblem(`${name}="${value as string}" is not valid`);
      else checked[name] = value;
    }
  }
  return checked;
}
