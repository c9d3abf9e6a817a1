import { ask, RefusedError } from '../lib/ask.mjs';
import { openConnection } from '../lib/open-connection.mjs';

const LIMIT = 50;
const ASKED = 80;

/**
 * Whether a server that is full says so at once, and when to come back, while it answers those it has let in.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function admission({ start }) {
  const served = await start.served({ chat: { max_live_turns: LIMIT } });
  const outcomes = await Promise.all(
    Array.from({ length: ASKED }, async () => {
      const connection = await openConnection(served.url);
      return ask(served, 'paced-20', connection)
        .catch((error) => {
          if (error instanceof RefusedError) return error;
          throw error;
        })
        .finally(() => connection.close());
    }),
  );
  const refused = outcomes.filter((outcome) => outcome instanceof RefusedError);
  const withoutTime = refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0));
  if (withoutTime.length > 0) throw new Error(`${withoutTime.length} refusals came without Retry-After`);
  return [
    {
      title: 'Past the limit',
      columns: ['', 'chat.max_live_turns', 'asked at once', 'answered', '503 with Retry-After'],
      rows: [[served.name, `${LIMIT}`, `${ASKED}`, `${ASKED - refused.length}`, `${refused.length}`]],
      notes: [],
    },
  ];
}
