import type { MarkedToken } from 'marked';

// A line of nothing but marks: a bullet, number, quote, heading, rule, fence, underline or delimiter row of which more
// may follow. `foo` above a lone `-` would be a heading for a moment.
const onlyMarks = /^[ \t>]*(?:[-+*=_~`#|: \t]+|\d{1,3}[.)]?[ \t]*)$/;
const fenceStart = /^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*(?:`{3,}|~{3,})[^`]*$/;
const taskStart = /^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[[ xX]?\]?[ \t]*$/;
const emptyRow = /^[ \t>]*\|[ \t]*$/;
// An image may already refer to it, and would load from half an address.
const definitionStart = /^[ \t>*+-]*\[[^\]\n]+\]:(?:[^\n]*|[ \t]*\n[^\n]*)$/;
const tableHead = /^([ \t>]*)(\|[^\n]*)\n([ \t>]*[|:-][-|: \t]*)?$/;

/**
 * Hides or completes the last line of Markdown that is still arriving, as long as nobody can tell what it will be.
 *
 * @param source The open blocks, as they stand.
 * @param leaf The innermost block the source ends in, as marked reads it now.
 * @returns Source to show instead; only its last two lines differ.
 */
export function mendOpenBlock(source: string, leaf: MarkedToken | undefined): string {
  if (leaf?.type === 'code' && leaf.raw.includes('\n')) return source;
  const lastStart = source.lastIndexOf('\n') + 1;
  const previousStart = source.lastIndexOf('\n', lastStart - 2) + 1;
  const last = source.slice(lastStart);
  const lastTwo = source.slice(previousStart);
  if (leaf?.type === 'table') return emptyRow.test(last) ? source.slice(0, lastStart) : source;
  const head = tableHead.exec(lastTwo);
  if (head) return source.slice(0, previousStart) + mendTableHead(head);
  if (definitionStart.test(lastTwo)) return source.slice(0, previousStart);
  const isHidden = [onlyMarks, fenceStart, taskStart, definitionStart, /^[ \t>]*\|/].some((line) => line.test(last));
  return isHidden ? source.slice(0, lastStart) : source;
}

/** Takes half a closing fence out of code that is still arriving. */
export function mendOpenCode(code: string): string {
  const lastStart = code.lastIndexOf('\n') + 1;
  return /^[ \t]*(?:`+|~+)$/.test(code.slice(lastStart)) ? code.slice(0, Math.max(lastStart - 1, 0)) : code;
}

/**
 * A row of cells is a table only once the delimiter row stands below it. Until that has begun the row is hidden; from
 * its first character on, it is completed.
 */
function mendTableHead([, indent = '', head = '', delimiter]: RegExpExecArray): string {
  if (delimiter === undefined) return '';
  const columns = head
    .trim()
    .replaceAll('\\|', '')
    .replaceAll(/^\||\|$/g, '')
    .split('|').length;
  return `${indent}${head}\n${indent}|${' --- |'.repeat(columns)}`;
}
