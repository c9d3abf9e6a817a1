import type { BeginTurnOutcome, Database, EnteredByKey, StartTurnInput } from '../../db/index.ts';
import { findTightest, rateLimited } from '../../http/rate-limit-headers.ts';
import type { Claim, Limits, Standing } from '../../limits/index.ts';
import type { Sender } from '../sessions/index.ts';

export interface LimitedTurn {
  /** Null where the sender has proved to be somebody else than was expected. Nothing was begun then. */
  begun: BeginTurnOutcome | null;
  /** Who the sender is. */
  sessionKey: string;
  /** The tightest limit of what was taken. Null when nothing was, or nothing is limited. */
  standing: Standing | null;
}

interface LimitedTurnDependencies {
  database: Pick<Database, 'turns'>;
  limits: Limits;
}

/**
 * Begins a turn if its limits let it. A message that has begun its turn before, or begins it at this moment elsewhere,
 * costs nothing, whatever the limits say; neither does one that begins none.
 *
 * @throws {AppError} RATE_LIMIT_EXCEEDED, UNAUTHENTICATED
 */
export async function beginLimitedTurn(
  { database, limits }: LimitedTurnDependencies,
  sender: Sender,
  input: StartTurnInput,
  claims: readonly Claim[],
): Promise<LimitedTurn> {
  const { entered, begun, standings } = await takeAndStart(database, limits, input, claims);
  // Before anything is told, or looked for, in their name.
  const mustProve = input.entry !== null && (entered !== null || input.clientMessageId !== null);
  const sessionKey = mustProve ? await sender.prove(entered ?? undefined) : input.sessionKey;
  if (sessionKey !== input.sessionKey) return { begun: null, sessionKey, standing: null };
  if (begun) return { begun, sessionKey, standing: begun.outcome === 'created' ? findTightest(standings) : null };

  const joined = input.clientMessageId === null ? null : await database.turns.joinTurn(input);
  if (joined) return { begun: joined, sessionKey, standing: null };
  const refused = findTightest(standings);
  if (!refused) throw new Error('refused by no limit');
  throw rateLimited(refused);
}

interface Taken {
  entered: EnteredByKey | null;
  begun: BeginTurnOutcome | null;
  standings: Standing[];
}

async function takeAndStart(
  { turns }: LimitedTurnDependencies['database'],
  limits: Limits,
  input: StartTurnInput,
  claims: readonly Claim[],
): Promise<Taken> {
  const beside = await limits.takeBeside(claims);
  if (beside === null) {
    const { entered, taken, begun } = await turns.startTurn(input, limits.timed(claims));
    return { entered, begun, standings: taken ? limits.standings(claims, taken) : [] };
  }
  const standings = limits.standings(claims, beside);
  if (!beside.allowed) return { entered: null, begun: null, standings };
  let isBegun = false;
  try {
    const { entered, begun } = await turns.startTurn(input, null);
    isBegun = begun?.outcome === 'created';
    return { entered, begun, standings };
  } finally {
    if (!isBegun) await limits.giveBackAll(claims);
  }
}
