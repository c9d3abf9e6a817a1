import { maxInlineDepth, maxInlineLength } from './bounds.ts';

/**
 * Completes the text of a paragraph, heading or cell that is still arriving, so that half a mark is never seen:
 * open emphasis and code are closed, of half a link only its text is kept, of half an image nothing.
 * What it returns is only for showing; the finished text is always read as it was written.
 */
export function mendInline(source: string): string {
  if (source.length > maxInlineLength) return source;
  const scan = new InlineScan(source);
  scan.run();
  return scan.finish();
}

interface OpenMark {
  at: number;
  /** `*`, `_` or `~`. */
  character: string;
  count: number;
}

interface OpenBracket {
  at: number;
  isImage: boolean;
}

const space = /^\s?$/;
const punctuation = /[\p{P}\p{S}]/u;
const letterOrDigit = /[\p{L}\p{N}]/u;
// Only the last attribute may be a bare word: `a <b and so on` is no tag.
const halfTag =
  /^<(?:\/?(?:[a-z][a-z\d-]*(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))*(?:\s+(?:[\w:-]+\s*(?:=\s*(?:"[^"]*|'[^']*)?)?)?)?\/?)?)$/i;

class InlineScan {
  #text: string;
  #position = 0;
  #marks: OpenMark[] = [];
  #brackets: OpenBracket[] = [];
  /** Backticks that close the code span the text ends in. */
  #codeCloser = '';

  constructor(text: string) {
    this.#text = text.replace(/(?:\\|(?<=^|\s)!)$/, '');
  }

  run(): void {
    while (this.#position < this.#text.length) {
      const character = this.#text.charAt(this.#position);
      if (character === '\\') this.#position += 2;
      else if (character === '`') this.#code();
      else if (character === '<') this.#angle();
      else if (character === '[') this.#openBracket();
      else if (character === ']') this.#closeBracket();
      else if (character === '*' || character === '_' || character === '~') this.#emphasis(character);
      else this.#position++;
    }
  }

  /** Takes out brackets that never closed, then closes emphasis from the inside out. */
  finish(): string {
    const image = this.#brackets.find((bracket) => bracket.isImage);
    if (image) this.#cutAt(image.at);
    for (let bracket = this.#brackets.pop(); bracket; bracket = this.#brackets.pop()) this.#remove(bracket.at);
    let closers = '';
    for (let mark = this.#marks.pop(); mark; mark = this.#marks.pop()) {
      const end = mark.at + mark.count;
      if (this.#text.slice(end).trim()) closers += mark.character.repeat(mark.count);
      else this.#text = this.#text.slice(0, mark.at);
    }
    return this.#text.trimEnd() + this.#codeCloser + closers;
  }

  #code(): void {
    const fence = this.#runOf('`');
    const start = this.#position + fence.length;
    const end = findRun(this.#text, fence, start);
    if (end >= 0) {
      this.#position = end + fence.length;
      return;
    }
    const content = this.#text.slice(start).replace(/`+$/, '');
    this.#text = content.trim() ? this.#text.slice(0, start) + content : this.#text.slice(0, this.#position);
    this.#codeCloser = content.trim() ? fence : '';
    this.#position = this.#text.length;
  }

  /** Skips a whole tag or autolink, whose inside holds no marks. Of half an autolink its bracket goes, half a tag whole. */
  #angle(): void {
    const rest = this.#text.slice(this.#position, this.#position + 2000);
    const whole = /^<[^<>\s][^<>]*>/.exec(rest);
    if (whole) this.#position += whole[0].length;
    else if (/^<[a-z][a-z\d+.-]*:[^\s<>]*$/i.test(rest)) this.#remove(this.#position);
    else if (halfTag.test(rest)) this.#cutAt(this.#position);
    else this.#position++;
  }

  #openBracket(): void {
    const before = this.#text.charAt(this.#position - 1);
    const isImage = before === '!';
    // `list[0` is prose or code far more often than a link.
    if (!letterOrDigit.test(before) && this.#brackets.length < maxInlineDepth) {
      this.#brackets.push({ at: isImage ? this.#position - 1 : this.#position, isImage });
    }
    this.#position++;
  }

  #closeBracket(): void {
    const bracket = this.#brackets.pop();
    if (!bracket) {
      this.#position++;
      return;
    }
    const next = this.#text.charAt(this.#position + 1);
    const end = next === '(' ? findDestinationEnd(this.#text, this.#position + 2) : this.#findLabelEnd(next);
    if (end >= 0) {
      this.#position = end + 1;
    } else if (bracket.isImage) {
      this.#cutAt(bracket.at);
    } else {
      this.#cutAt(this.#position);
      this.#remove(bracket.at);
    }
  }

  /** Where `[text][label]` ends; `[text]` before other text ends at its own bracket. */
  #findLabelEnd(next: string): number {
    if (next === '[') return this.#text.indexOf(']', this.#position + 2);
    return next === '' ? -1 : this.#position;
  }

  #emphasis(character: string): void {
    const run = this.#runOf(character);
    const at = this.#position;
    const before = this.#text.charAt(at - 1);
    const after = this.#text.charAt(at + run.length);
    this.#position += run.length;
    const canClose = !space.test(before) && (!punctuation.test(before) || space.test(after) || punctuation.test(after));
    const left = canClose ? this.#close(character, run.length) : run.length;
    if (left === 0) return;
    if (after === '') this.#cutAt(at + run.length - left);
    else if (canOpen(run, before, after) && this.#marks.length < maxInlineDepth) {
      this.#marks.push({ at: at + run.length - left, character, count: left });
    }
  }

  /** Closes up to `count` marks of one kind and returns how many are left over. */
  #close(character: string, count: number): number {
    const index = this.#marks.findLastIndex((mark) => mark.character === character);
    const mark = this.#marks[index];
    if (!mark) return count;
    const closed = Math.min(mark.count, count);
    mark.count -= closed;
    this.#marks.length = mark.count > 0 ? index + 1 : index;
    return closed === count ? 0 : this.#close(character, count - closed);
  }

  #runOf(character: string): string {
    let end = this.#position;
    while (this.#text.charAt(end) === character) end++;
    return this.#text.slice(this.#position, end);
  }

  #cutAt(at: number): void {
    this.#text = this.#text.slice(0, at);
    this.#brackets = this.#brackets.filter((bracket) => bracket.at < at);
    this.#marks = this.#marks.filter((mark) => mark.at < at);
    this.#codeCloser = '';
  }

  /** Takes one character out and moves what was noted behind it. */
  #remove(at: number): void {
    this.#text = this.#text.slice(0, at) + this.#text.slice(at + 1);
    for (const mark of this.#marks) if (mark.at > at) mark.at--;
  }
}

/** CommonMark's left-flanking rule, and two of our own: a lone `*` or `_` inside a word, and a lone `~`, stay text. */
function canOpen(run: string, before: string, after: string): boolean {
  if (space.test(after)) return false;
  if (punctuation.test(after) && !space.test(before) && !punctuation.test(before)) return false;
  if (run === '~') return false;
  return !letterOrDigit.test(before) || run === '**' || run === '~~';
}

/** The next run of exactly these backticks, or -1. */
function findRun(text: string, fence: string, from: number): number {
  let at = text.indexOf(fence, from);
  while (at >= 0) {
    let end = at;
    while (text.charAt(end) === '`') end++;
    if (end - at === fence.length) return at;
    at = text.indexOf(fence, end);
  }
  return -1;
}

/** Where the parenthesis of a link's address and title closes, or -1. */
function findDestinationEnd(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\') index++;
    else if (character === '(') depth++;
    else if (character === ')' && depth-- === 0) return index;
    else if (/["']/.test(character) && /\s/.test(text.charAt(index - 1))) {
      index = text.indexOf(character, index + 1);
      if (index < 0) return -1;
    }
  }
  return -1;
}
