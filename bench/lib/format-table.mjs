/**
 * What a suite found out.
 *
 * @typedef {object} Table
 * @property {string} title
 * @property {string[]} columns
 * @property {string[][]} rows
 * @property {string[]} notes sentences that say how to read it
 */

/**
 * As Markdown that is also readable as it is.
 *
 * @param {Table} table
 */
export function formatTable({ title, columns, rows, notes }) {
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...rows.map((row) => row[index] ?? '')].map(width)),
  );
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  const rule = widths.map((size, index) => (index === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`));
  return [`## ${title}`, '', line(columns), line(rule), ...rows.map(line), '', notes.join(' '), ''].join('\n');
}

/** @param {string} cell */
function width(cell) {
  return cell.length;
}

/**
 * @param {number | null} value
 * @param {number} digits after the point
 * @param {string} absent what to show for null
 */
export function formatNumber(value, digits, absent = 'n/a') {
  return value === null ? absent : value.toFixed(digits);
}
