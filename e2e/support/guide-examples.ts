import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The names that the guide gives to the two sides. */
export const SITE = 'https://www.example.com/';
export const SERVER = 'https://chat.example.com';

export interface Example {
  /** Heading of the second level that it stands below. */
  section: string;
  language: string;
  code: string;
}

const guide = readFileSync(fileURLToPath(new URL('../../examples/EMBEDDING-GUIDE.md', import.meta.url)), 'utf8');

/** The fenced code of the embedding guide, in its order. */
export const examples = readExamples(guide);

export const examplesIn = (language: string) => examples.filter((example) => example.language === language);

/** A step of a numbered list: what it says, and the code below it. */
export interface Step {
  text: string;
  code: string[];
}

/** The steps of a section, by its heading of any level. */
export function stepsOf(heading: string): Step[] {
  const section = guide.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split(/^\d+\. /m)
    .slice(1)
    .map((step) => ({ text: step.split('```')[0] ?? '', code: readExamples(step).map(({ code }) => code) }));
}

function readExamples(markdown: string): Example[] {
  let section = '';
  const found: Example[] = [];
  for (const [, heading, indent = '', language = '', code = ''] of markdown.matchAll(
    /^## (.*)$|^( *)```(\w*)\n([\s\S]*?)^ *```$/gm,
  )) {
    if (heading !== undefined) section = heading;
    else found.push({ section, language, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd() });
  }
  return found;
}
