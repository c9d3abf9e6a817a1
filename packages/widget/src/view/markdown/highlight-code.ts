/** What a stretch of code is, as far as a colour may tell. */
export type CodeKind = 'comment' | 'string' | 'number' | 'keyword' | 'name';

/** Text without a colour, or with one. */
export type CodePiece = string | readonly [CodeKind, string];

/** A comment or string that goes on in the next line: what it is, and what ends it. */
export interface OpenCode {
  kind: CodeKind;
  end: string;
}

export interface HighlightedLine {
  pieces: CodePiece[];
  open: OpenCode | undefined;
}

/** Reads one line of code after another. `open` is what the line before has left open. */
export type HighlightLine = (line: string, open?: OpenCode) => HighlightedLine;

/** Longer lines are minified code or data, which no colour makes readable. */
const maxLineLength = 1000;

/**
 * What colours a language, by the word after the fence; undefined for one that is not known.
 *
 * It does not parse. It finds comments, strings, numbers, key words and names that are called or set, which is what the
 * eye looks for, in one pass over each line. The pieces of a line always join to the line.
 */
export function findHighlighter(language: string): HighlightLine | undefined {
  const name = language.toLowerCase();
  const grammar = grammars.find(({ languages }) => languages.split(' ').includes(name));
  return grammar && createHighlighter(grammar);
}

interface Grammar {
  /** Names after the fence. */
  languages: string;
  /** What begins a comment that ends with its line. */
  comment?: string;
  /** What begins something that ends elsewhere, each with its end; told before `strings`. */
  spans?: readonly (readonly [begin: string, end: string, kind: CodeKind])[];
  /** Characters around a string that ends in its line. */
  quotes?: string;
  /** What else is a name, number or key word, each a pattern. */
  rules?: Partial<Record<CodeKind, string>>;
  keywords?: string;
  /** Key words count in any case. */
  ignoresCase?: boolean;
}

const cComment: readonly [string, string, CodeKind] = ['/*', '*/', 'comment'];
const called = String.raw`[\p{L}_$][\p{L}\d_$]*(?=\()`;
const number = String.raw`(?<![\p{L}\d_$.])(?:0[xob][\da-f_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)[a-z%]{0,4}(?![\p{L}\d_])`;

const cKeywords =
  'abstract and as assert async auto await base bool boolean break byte case catch chan char class companion const constexpr continue crate data decimal default defer delegate delete do double dyn echo elif else enum event explicit export extends extension extern fallthrough false final finally fixed float fn for foreach friend from fun func function get go goto guard if impl implements import in init inline instanceof int int32 int64 interface internal is let lock long loop map match message mod module mut mutating namespace native new nil noexcept null nullptr object of open operator or out override package params partial private protected protocol pub public range readonly record ref register repeated required return sealed select self set short signed sizeof static strictfp string struct super switch synchronized template this throw throws trait transient true try type typealias typedef typename typeof uint union unsafe unsigned use using val var vec virtual void volatile when where while with yield';
const scriptKeywords =
  'alias and begin break case class cond def default defmodule defp do else elseif elsif end ensure false fn for foreach function if import in include local loop module my my need next nil not or print puts raise redo repeat require rescue retry return self sub super then true undef unless until use when while with yield';

const grammars: readonly Grammar[] = [
  {
    languages: 'js javascript mjs cjs jsx ts typescript mts cts tsx',
    comment: '//',
    spans: [cComment, ['`', '`', 'string']],
    quotes: `"'`,
    rules: { name: called, number },
    keywords:
      'abstract any as asserts async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number object of override private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield',
  },
  {
    languages: 'json json5 jsonc',
    comment: '//',
    spans: [cComment],
    rules: { name: String.raw`"(?:\\.|[^"\\])*"(?=\s*:)`, string: String.raw`"(?:\\.|[^"\\])*"`, number },
    keywords: 'true false null',
  },
  {
    languages:
      'c h cpp c++ cc hpp cs csharp c# java kotlin kt scala swift go golang rust rs objc objective-c proto solidity zig',
    comment: '//',
    spans: [cComment, ['"""', '"""', 'string'], ['`', '`', 'string']],
    quotes: '"',
    // One character: a lone quote is a lifetime in Rust.
    rules: { string: String.raw`'(?:\\[^']+|[^'\\])'`, name: called, number, keyword: '#[a-z]+' },
    keywords: cKeywords,
  },
  {
    languages: 'php dart groovy gradle',
    comment: '//',
    spans: [cComment, ['"""', '"""', 'string']],
    quotes: `"'`,
    rules: { name: String.raw`${called}|\$\w+`, number },
    keywords: cKeywords,
  },
  {
    languages: 'py python python3 gd gdscript',
    comment: '#',
    spans: [
      ['"""', '"""', 'string'],
      [`'''`, `'''`, 'string'],
    ],
    quotes: `"'`,
    rules: { name: `${called}|@[\\w.]+`, number },
    keywords:
      'False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield',
  },
  {
    languages: 'lua haskell hs elm ada',
    comment: '--',
    quotes: `"'`,
    rules: { name: called, number },
    keywords: scriptKeywords,
  },
  {
    languages: 'rb ruby elixir ex exs perl pl r julia jl',
    comment: '#',
    quotes: `"'`,
    rules: { name: `${called}|:[a-z_]\\w*`, number },
    keywords: scriptKeywords,
  },
  {
    languages:
      'sh bash shell zsh fish console shell-session shellsession powershell ps1 pwsh docker dockerfile makefile make',
    comment: String.raw`(?<!\S)#`,
    quotes: `"'`,
    rules: { name: String.raw`\$\{?\w+\}?|(?<=^\s*|[|;&]\s*)[\w./-]+(?=\s|$)`, number: String.raw`(?<!\S)--?[\w-]+` },
    keywords:
      'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM RUN USER VOLUME WORKDIR case do done elif else esac exit export fi for function if in local return select set source sudo then until while',
  },
  {
    languages: 'sql postgres postgresql mysql sqlite plsql tsql',
    comment: '--',
    spans: [cComment],
    quotes: `'"`,
    rules: { number },
    ignoresCase: true,
    keywords:
      'add all alter and as asc begin between by cascade case check column commit constraint create cross database default delete desc distinct drop else end except exists explain false foreign from full grant group having if ilike in index inner insert intersect into is join key left like limit not null offset on or order outer over partition primary references returning revoke right rollback schema select set table then transaction trigger true truncate union unique update using values view when where with',
  },
  {
    languages: 'css scss sass less',
    comment: String.raw`(?<!:)//`,
    spans: [cComment],
    quotes: `"'`,
    rules: {
      keyword: String.raw`@[\w-]+|!important`,
      name: String.raw`--[\w-]+|[a-z-]+(?=\s*:\s)|[.#][a-z_][\w-]*(?=[^;]*\{)`,
      number: String.raw`#[\da-f]{3,8}\b|(?<![\w-])-?\d*\.?\d+[a-z%]{0,4}`,
    },
  },
  {
    languages: 'html xml svg vue svelte astro xhtml htm rss',
    spans: [['<!--', '-->', 'comment']],
    rules: {
      keyword: String.raw`</?[a-z][\w:.-]*|/?>`,
      name: String.raw`[@:\w.-]+(?==)`,
      string: String.raw`(?<==)(?:"[^"]*"?|'[^']*'?)`,
      number: String.raw`&#?\w+;`,
    },
  },
  {
    languages: 'yaml yml toml ini conf env dotenv properties nginx hcl terraform tf',
    comment: String.raw`(?<!\S)[#;]`,
    quotes: `"'`,
    rules: { name: String.raw`(?<=^[\s-]*)[\w./-]+(?=\s*[:=])|^\s*\[[^\]]*\]`, number },
    keywords: 'true false null yes no on off',
  },
  {
    languages: 'diff patch',
    rules: { string: String.raw`^\+.*`, number: '^-.*', keyword: '^@@.*', comment: '^(?:diff|index) .*' },
  },
];

function createHighlighter(grammar: Grammar): HighlightLine {
  const spans = grammar.spans ?? [];
  const strings = (grammar.quotes ?? '').split('').map((quote) => String.raw`${quote}(?:\\.|[^${quote}\\])*${quote}?`);
  const alternatives: [kind: CodeKind | 'span' | 'word', pattern: string][] = [
    ['span', spans.map(([begin]) => escapePattern(begin)).join('|')],
    ['comment', grammar.comment ? `(?:${grammar.comment}).*` : ''],
    ['string', strings.join('|')],
    ...(Object.entries(grammar.rules ?? {}) as [CodeKind, string][]),
    ['word', grammar.keywords ? String.raw`[\p{L}_$][\p{L}\d_$]*` : ''],
  ];
  const used = alternatives.filter(([, pattern]) => pattern);
  const rule = new RegExp(used.map(([, pattern]) => `(${pattern})`).join('|'), 'giu');
  const keywords = new Set(grammar.keywords?.split(' '));
  const isKeyword = (word: string) => keywords.has(grammar.ignoresCase ? word.toLowerCase() : word);

  return (line, open) => {
    if (line.length > maxLineLength) return { pieces: [line], open };
    const pieces: CodePiece[] = [];
    let position = 0;
    let left = open;
    const addUntil = (end: number, kind?: CodeKind) => {
      if (end > position) pieces.push(kind ? [kind, line.slice(position, end)] : line.slice(position, end));
      position = end;
    };
    /** Takes what is open, as far as it goes in this line. */
    const addOpen = ({ kind, end }: OpenCode, from: number) => {
      const at = line.indexOf(end, from);
      left = at < 0 ? { kind, end } : undefined;
      addUntil(at < 0 ? line.length : at + end.length, kind);
    };
    if (left) addOpen(left, 0);
    while (position < line.length) {
      rule.lastIndex = position;
      const match = rule.exec(line);
      if (!match) break;
      const [text] = match;
      const kind = used[match.slice(1).findIndex((group) => group !== undefined)]?.[0];
      if (kind === 'word' && !isKeyword(text)) {
        addUntil(match.index + text.length);
        continue;
      }
      addUntil(match.index);
      const span = kind === 'span' ? spans.find(([begin]) => begin === text) : undefined;
      if (span) addOpen({ kind: span[2], end: span[1] }, position + text.length);
      else if (isKeyword(text)) addUntil(position + text.length, 'keyword');
      else addUntil(position + text.length, kind as CodeKind);
    }
    addUntil(line.length);
    return { pieces, open: left };
  };
}

function escapePattern(text: string): string {
  return text.replaceAll('*', String.raw`\*`);
}
