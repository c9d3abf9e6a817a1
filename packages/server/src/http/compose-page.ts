import { readFile } from 'node:fs/promises';
import path from 'node:path';

const INCLUDE = /<!-- include: ([a-z-]+) -->/;

/**
 * A page with its parts: `<!-- include: name -->` is replaced by `parts/name.html`, or by what is given under that name.
 * In parts, which pages share, the link to the page itself is marked as the current one.
 *
 * @param address of the page, as links name it
 * @param given HTML that is not in a file
 * @throws when a part does not exist
 */
export async function composePage(
  folder: string,
  page: string,
  address: string,
  given: Record<string, string> = {},
): Promise<string> {
  let composed = '';
  let rest = await readFile(path.join(folder, `${page}.html`), 'utf8');
  // A part may have parts of its own; what is given is not looked into.
  for (let match = INCLUDE.exec(rest); match; match = INCLUDE.exec(rest)) {
    const [include, name = ''] = match;
    const after = rest.slice(match.index + include.length);
    composed += rest.slice(0, match.index);
    if (given[name] === undefined) rest = (await readPart(folder, name, address)) + after;
    else {
      composed += given[name];
      rest = after;
    }
  }
  return composed + rest;
}

async function readPart(folder: string, name: string, address: string): Promise<string> {
  const part = await readFile(path.join(folder, 'parts', `${name}.html`), 'utf8');
  const links = [address, `${address}.html`].map((href) => ` href="${href}"`);
  return links.reduce((marked, link) => marked.replaceAll(link, `${link} aria-current="page"`), part.trim());
}
