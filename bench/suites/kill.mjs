import { ask } from '../lib/ask.mjs';
import { openConnection } from '../lib/open-connection.mjs';
import { runSql } from '../lib/start-databases.mjs';

const STREAMS = 32;
const ROUNDS = 3;
/** Answers read to their end before the kill. */
const SEEN_BEFORE_KILL = 300;

/** Whether an answer is there, whole, with its question and the request that paid for it. */
const LOST = `
  SELECT count(*) AS lost FROM unnest($1::uuid[]) AS seen(id)
  WHERE NOT EXISTS (
    SELECT FROM messages AS answer
    JOIN messages AS question ON question.turn_id = answer.turn_id AND question.role = 'user'
    JOIN llm_requests ON llm_requests.id = answer.llm_request_id AND llm_requests.id = question.llm_request_id
    WHERE answer.id = seen.id AND answer.status = 'complete' AND length(answer.content) = 120
      AND llm_requests.completion_tokens = 20)`;

/**
 * Kills the server without warning, in the middle of many answers, and looks for those whose end a reader had seen.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function kill({ start }) {
  const counts = { seen: 0, cut: 0, lost: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const served = await start.served();
    const { seen, cut } = await askUntilKilled(served);
    const [row] = await runSql(served.databaseUrl, LOST, [seen]);
    counts.seen += seen.length;
    counts.cut += cut;
    counts.lost += Number(row.lost);
  }
  if (counts.lost > 0)
    throw new Error(`${counts.lost} answers that had been seen whole were lost when the server was killed`);
  return [
    {
      title: 'Killed (SIGKILL)',
      columns: ['', 'kills', 'completions seen', 'cut while answering', 'rows lost'],
      rows: [['Salient, PostgreSQL', `${ROUNDS}`, `${counts.seen}`, `${counts.cut}`, `${counts.lost}`]],
      notes: [
        'Lost: a `done` was read, and the answer, its question or the request is not in the database, or not whole.',
      ],
    },
  ];
}

/**
 * @param {import('../lib/start-targets.mjs').Target} target
 * @returns {Promise<{ seen: string[], cut: number }>} ids of the answers that were read to their end
 */
async function askUntilKilled(target) {
  /** @type {string[]} */
  const seen = [];
  let killed = false;
  const endIt = () => {
    killed = true;
    target.child?.kill('SIGKILL');
  };
  const asking = Array.from({ length: STREAMS }, async () => {
    const connection = await openConnection(target.url);
    try {
      for (;;) {
        const { messageId } = await ask(target, 'instant', connection);
        if (messageId) seen.push(messageId);
        if (seen.length === SEEN_BEFORE_KILL) endIt();
      }
    } catch (error) {
      // Before that moment it is a wrong answer.
      if (!killed) throw error;
    }
  });
  await Promise.all(asking);
  return { seen, cut: STREAMS };
}
