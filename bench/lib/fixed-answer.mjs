const section = (/** @type {number} */ index) => `## ${index}. How orders are kept

Each **order** is stored once, and \`order-${index}\` names it. See [the guide](https://docs.example/guide/${index}) for the
rest. A reader never waits for a writer, and *nothing* is written twice, however often it is asked for.

- It has a state, which only moves forward
- It has lines
  - each with a price
  - and a number of pieces
- It belongs to one customer

1. Ask for it
2. Wait for the answer

| Name | Limit | Default |
| --- | ---: | ---: |
| alpha_${index} | ${index * 10} | ${index} |
| beta_${index} | ${index * 20} | ${index + 1} |

\`\`\`ts
// Order ${index}
export async function load(id: string, retries = ${index}) {
  for (let attempt = 0; attempt <= retries; attempt++) {
    const response = await fetch(\`/orders/\${id}\`);
    if (response.ok) return response.json();
  }
  throw new Error('not found');
}
\`\`\`

> What is quoted here was said before, and is said again.

`;

/** What the answers end with. */
export const LAST_WORDS = 'That is all.';

/**
 * An answer in Markdown of about this length, in pieces as a model would send them.
 *
 * @param {number} kilobytes
 */
export function fixedAnswer(kilobytes) {
  let text = '';
  for (let index = 1; text.length < kilobytes * 1024 - LAST_WORDS.length; index++) text += section(index);
  return `${text}${LAST_WORDS}`.match(/[^]{1,4}/g) ?? [];
}
