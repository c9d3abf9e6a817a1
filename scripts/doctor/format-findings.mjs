const MARKS = { ok: '✓', note: '·', warning: '!', error: '✗' };

/**
 * What a person reads: one line a finding, what to do about it below.
 *
 * @param {string} page
 * @param {import('../../examples/assets/doctor/finding.js').Finding[]} findings
 */
export function formatFindings(page, findings) {
  const lines = findings.flatMap(({ level, check, text, advice }) => [
    `${MARKS[level]} ${check.padEnd(12)} ${text}`,
    ...(advice ? [`${' '.repeat(15)}-> ${advice}`] : []),
  ]);
  const count = (/** @type {string} */ level) => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const verdict =
    errors + warnings === 0 ? 'Nothing to mend.' : `${errors} to mend, ${warnings} to think about: see the arrows.`;
  return [`Examining ${page}`, '', ...lines, '', verdict].join('\n');
}
