import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startFolder } from './start-folder.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

interface Rule {
  path: string;
  headers: [name: string, value: string][];
}

/** The rules of the `_headers` file in docs/cdn.md. */
export async function readHeaderRules(): Promise<Rule[]> {
  const docs = await readFile(`${projectRoot}docs/cdn.md`, 'utf8');
  const file = /such as Netlify and Cloudflare Pages[^`]*```\n([^]*?)```/.exec(docs)?.[1] ?? '';
  const rules: Rule[] = [];
  for (const line of file.split('\n').filter(Boolean)) {
    const [, name, value] = /^ +([\w-]+): (.*)$/.exec(line) ?? [];
    if (name && value) rules.at(-1)?.headers.push([name, value]);
    else rules.push({ path: line, headers: [] });
  }
  return rules;
}

/** The built widget on a static host that follows such rules; where two give the same header, with both values. */
export function startStaticHost(rules: readonly Rule[]): Promise<{ url: string; stop: () => Promise<void> }> {
  return startFolder(`${projectRoot}packages/widget/dist`, (path) => {
    const headers: Record<string, string> = {};
    for (const rule of rules.filter((one) => isMeant(one.path, path))) {
      for (const [name, value] of rule.headers) headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
    }
    return headers;
  });
}

function isMeant(rule: string, path: string): boolean {
  return rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : path === rule;
}
