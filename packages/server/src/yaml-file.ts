import {
  isMap,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLParseError,
} from 'yaml';
import type { z } from 'zod';

/** A configuration file that cannot be used. The message names file, line and key. */
export class YamlFileError extends Error {
  override readonly name = 'YamlFileError';
}

/**
 * Reads YAML and checks it.
 *
 * @throws {YamlFileError} with every problem found, one per line: `file:line: key: what is wrong`. Of text that is no
 *   YAML, the first one.
 */
export function parseYamlFile<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const [offset] = syntaxError.pos;
    throw new YamlFileError(
      `${file}:${lines.linePos(offset).line}: ${keyAt(document, offset)}: ${describeSyntaxError(syntaxError)}`,
    );
  }

  const result = schema.safeParse(toJavaScript(file, document) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(describeIssue);
  throw new YamlFileError(
    problems
      .map(({ keyPath, message }) => ({
        line: lineOf(keyPath),
        problem: `${keyPath.join('.') || '(file)'}: ${message}`,
      }))
      .toSorted((one, other) => one.line - other.line)
      .map(({ line, problem }) => `${file}:${line}: ${problem}`)
      .join('\n'),
  );

  /** The line of a key, or of the nearest thing around it when the key is missing. */
  function lineOf(keyPath: readonly PropertyKey[]): number {
    for (let length = keyPath.length; length > 0; length -= 1) {
      const around = document.getIn(keyPath.slice(0, length - 1), true);
      const key = keyPath[length - 1];
      const node = isMap(around)
        ? around.items.find((pair) => nameOf(pair) === String(key))?.key
        : document.getIn(keyPath.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** The keys that an issue is about, and what is wrong with each. */
export function describeIssue(issue: z.core.$ZodIssue): { keyPath: PropertyKey[]; message: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ keyPath: [...issue.path, key], message: 'unknown key' }));
  }
  const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
  return [{ keyPath: issue.path, message: (inner ?? issue).message }];
}

/** Aliases are resolved only here, so here is where a wrong or an explosive one shows. */
function toJavaScript(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new YamlFileError(`${file}:1: (file): ${firstLine((error as Error).message)}`, { cause: error });
  }
}

/** The key at a place in the text, or else the last one before it. */
function keyAt(document: Document, offset: number): string {
  let found = '(file)';
  visit(document, {
    Pair(_, pair, ancestors) {
      if (isNode(pair.key) && pair.key.range && pair.key.range[0] > offset) return visit.BREAK;
      found = [...ancestors.filter(isPair), pair].map(nameOf).join('.');
      return undefined;
    },
  });
  return found;
}

function nameOf(pair: Pair): string {
  return String(pair.key);
}

function describeSyntaxError({ code, message }: YAMLParseError): string {
  if (code === 'DUPLICATE_KEY') return 'the key is here a second time';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a file holds one';
  return firstLine(message);
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}
