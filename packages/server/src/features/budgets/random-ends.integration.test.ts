import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { ledgerRow } from '../../../test/ledger-row.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts';
import {
  openDatabase,
  type BeginTurnOutcome,
  type BudgetRequest,
  type Database,
  type LlmRequestRow,
  type StartTurnInput,
} from '../../db/index.ts';

/** The embedded database does one thing at a time, and takes many times as long to show the same. */
const TURNS = process.env['SALIENT_TEST_DATABASE'] === 'postgres' ? 10_000 : 500;
const LANES = 8;
const ROOMY_ACCOUNTS = 9;
/** Of the account that is refused now and then. */
const TIGHT = { slug: 'tight', dailyUsd: '0.25' };
/** A hundred-millionth of a dollar, the least that the ledger counts. */
const UNITS_PER_USD = 100_000_000n;

const ENDS = [
  'complete',
  'without a known cost',
  'dearer than thought',
  'after attempts that failed',
  'stopped',
  'nobody asked',
  'every answer of the database lost once',
  'killed',
  'taken for dead',
  'deleted meanwhile',
  'deleted and killed before anybody was asked',
] as const;
type End = (typeof ENDS)[number];

interface Account {
  id: string;
  slug: string;
  agents: string[];
  dailyUsd: string | null;
}

/** A call as the provider has it in its own books. */
interface Call {
  id: string;
  account: Account;
  agentId: string;
  turnId: string;
  sessionId: string;
  /** Null: it names no price. */
  cost: bigint | null;
  /** What budgets count. */
  counted: bigint;
}

type Begun = Extract<BeginTurnOutcome, { outcome: 'created' }>;

let testDatabase: TestDatabase;
let database: Database;
let accounts: Account[];
const random = createRandom(20_261_129);
/** The provider's own books. */
const calls = new Map<string, Call>();
const ended = new Map<End, number>();
const refusals = new Map<string, number>();
const problems: unknown[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase(testDatabase);
  const roomy = Array.from({ length: ROOMY_ACCOUNTS }, (_, index) => ({ slug: `roomy-${index}`, dailyUsd: '100000' }));
  accounts = [];
  for (const { slug, dailyUsd } of [...roomy, TIGHT]) accounts.push(await createAccount(slug, dailyUsd));
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

describe(`${TURNS} turns with random ends (M6, M12)`, () => {
  // Not tried again: the database would hold what the first try left.
  it('add up at every look', { retry: 0 }, async () => {
    let begun = 0;
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      while (begun < TURNS) {
        begun += 1;
        await takeTurn();
        if (lane === 0 && begun % 10 === 0) problems.push(...(await database.budgets.check()));
        if (lane === 1) await endOrphans();
      }
    });
    await Promise.all(lanes);
    expect(problems).toEqual([]);
    expect([...ended.keys()].toSorted()).toEqual(ENDS.toSorted());
  });

  it('leave nothing reserved', async () => {
    while ((await endOrphans()) > 0);
    await database.budgets.releaseLost();
    const held = await query<{ usd: string; open: string }>(
      `SELECT sum(reserved_usd)::text AS usd, (SELECT count(*)::text FROM budget_reservations) AS open FROM budget_counters`,
    );
    expect(held).toEqual([{ usd: '0.00000000', open: '0' }]);
    expect(await database.budgets.check()).toEqual([]);
  });

  it('cost what the provider has in its books, to the last digit, and every call is there once', async () => {
    const ledger = await query<Record<string, string>>(
      `SELECT account_slug AS slug, count(*)::text AS calls, sum(total_cost)::text AS cost, sum(budget_usd)::text AS counted
       FROM llm_requests GROUP BY account_slug ORDER BY account_slug`,
    );
    const books = accounts.map((account) => {
      const own = [...calls.values()].filter((asked) => asked.account === account);
      return {
        slug: account.slug,
        calls: `${own.length}`,
        cost: toUsd(own.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n)),
        counted: toUsd(own.reduce((sum, { counted }) => sum + counted, 0n)),
      };
    });
    expect(ledger).toEqual(books.toSorted((one, other) => (one.slug < other.slug ? -1 : 1)));
    const spent = await query<Record<string, string>>(
      `SELECT slug, sum(spent_usd)::text AS counted FROM budget_counters JOIN accounts ON accounts.id = account_id
       WHERE scope = 'account' AND period = 'month' GROUP BY slug ORDER BY slug`,
    );
    expect(spent).toEqual(ledger.map(({ slug, counted }) => ({ slug, counted })));
  });

  it('were refused only where there was no room, and are let in as long as there is', async () => {
    expect([...refusals.keys()]).toEqual([TIGHT.slug]);
    const tight = accounts.find(({ slug }) => slug === TIGHT.slug);
    if (!tight) throw new Error('no tight account');
    const [day] = await query<{ room: string }>(
      `SELECT (limit_usd - spent_usd)::text AS room FROM budget_counters
       WHERE account_id = '${tight.id}' AND scope = 'account' AND period = 'day' ORDER BY starts_on DESC LIMIT 1`,
    );
    const room = toUnits(day?.room ?? '');
    expect(room).toBeGreaterThanOrEqual(0n);
    expect((await begin(tight, room + 1n)).begun.outcome).toBe('over_budget');
    expect((await begin(tight, room)).begun.outcome).toBe('created');
  });
});

async function takeTurn(): Promise<void> {
  const account = pick(accounts);
  // What is dearer than its reservation may pass a limit.
  const end = pick(account.slug === TIGHT.slug ? ENDS.filter((each) => each !== 'dearer than thought') : ENDS);
  const worst = BigInt(1 + Math.floor(random() * 5_000_000));
  const isGivenUp = end.includes('killed') || end === 'taken for dead';
  const { input, begun, agentId } = await begin(account, worst, isGivenUp ? 0 : 60);
  if (begun.outcome === 'over_budget') {
    refusals.set(account.slug, (refusals.get(account.slug) ?? 0) + 1);
    return;
  }
  if (begun.outcome !== 'created') throw new Error(`a turn is ${begun.outcome}`);
  const turn = { account, agentId, begun, requestId: input.call.requestId, leaseOwner: input.leaseOwner };
  if (end === 'every answer of the database lost once') {
    expect((await database.turns.startTurn(input, null)).begun?.outcome).toBe('duplicate');
  }
  if (end.startsWith('deleted')) await database.withAccount(account.id, (tx) => deleteSession(tx, begun.session_id));
  await endTurn(turn, end, worst);
  ended.set(end, (ended.get(end) ?? 0) + 1);
}

interface Asking {
  account: Account;
  agentId: string;
  begun: { turn_id: string; session_id: string };
}

interface Turn extends Asking {
  begun: Begun;
  requestId: string;
  leaseOwner: string;
}

async function endTurn(turn: Turn, end: End, worst: bigint): Promise<void> {
  const upTo = (most: bigint) => BigInt(Math.floor(random() * Number(most + 1n)));
  switch (end) {
    case 'nobody asked':
      expect(await finish(turn, null)).toBe(true);
      return;
    case 'deleted and killed before anybody was asked':
      return;
    case 'killed':
      // Whoever finds it bills it.
      return;
    case 'taken for dead':
      // Or it is found while this process still ends it: one of them is the first.
      await finish(turn, call(turn, turn.requestId, upTo(worst)));
      return;
    case 'deleted meanwhile':
      expect(await finish(turn, call(turn, turn.requestId, upTo(worst)))).toBe(false);
      return;
    case 'without a known cost':
      expect(await finish(turn, call(turn, turn.requestId, null, upTo(worst)))).toBe(true);
      return;
    case 'dearer than thought':
      expect(await finish(turn, call(turn, turn.requestId, worst * 3n))).toBe(true);
      return;
    case 'after attempts that failed':
      await failThenFinish(turn, worst);
      return;
    case 'every answer of the database lost once': {
      const asked = call(turn, turn.requestId, upTo(worst));
      expect([await finish(turn, asked), await finish(turn, asked)]).toEqual([true, false]);
      return;
    }
    default:
      expect(await finish(turn, call(turn, turn.requestId, upTo(worst)), end)).toBe(true);
  }
}

/** Every attempt reserves anew; one that finds no room ends the turn. */
async function failThenFinish(turn: Turn, worst: bigint): Promise<void> {
  let { requestId } = turn;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const failed = toRow(call(turn, requestId, attempt === 0 ? 0n : worst / 2n), 'error');
    const next = randomUUID();
    const { outcome } = await database.turns.recordAttempt(
      turn.account.id,
      failed,
      pendingCall(next),
      budgetFor(turn.account, worst),
    );
    // Repeated, as when the answer was lost.
    await database.turns.recordAttempt(turn.account.id, failed, pendingCall(next), budgetFor(turn.account, worst));
    if (outcome === 'over_budget') {
      refusals.set(turn.account.slug, (refusals.get(turn.account.slug) ?? 0) + 1);
      expect(await finish(turn, null)).toBe(true);
      return;
    }
    expect(outcome).toBe('reserved');
    requestId = next;
  }
  expect(await finish(turn, call(turn, requestId, worst / 3n))).toBe(true);
}

/** As any process does with turns whose lease has run out. @returns how many there were */
async function endOrphans(): Promise<number> {
  const leaseOwner = randomUUID();
  const orphans = await database.turns.claimOrphans(leaseOwner, 60, 50);
  for (const orphan of orphans) {
    const account = accounts.find(({ id }) => id === orphan.account_id);
    if (!account) throw new Error('a turn of no account');
    const turn = { account, agentId: orphan.agent_instance_id, begun: orphan };
    const asked = call(turn, orphan.call.requestId, BigInt(Math.floor(random() * 1_000)));
    await database.turns.finishTurn({
      accountId: orphan.account_id,
      turnId: orphan.turn_id,
      leaseOwner,
      content: 'Half an ans',
      status: 'partial',
      metadata: {},
      request: toRow(asked, 'partial'),
    });
  }
  return orphans.length;
}

async function begin(account: Account, worst: bigint, leaseSeconds = 60) {
  const agentId = pick(account.agents);
  const input: StartTurnInput = {
    accountId: account.id,
    accountSlug: account.slug,
    agentInstanceId: agentId,
    sessionKey: `visitor-${randomUUID()}`,
    entry: null,
    content: 'Hello',
    clientMessageId: randomUUID(),
    requestHash: 'the same',
    replaces: null,
    call: pendingCall(randomUUID()),
    budget: budgetFor(account, worst),
    leaseOwner: randomUUID(),
    leaseSeconds,
    historyLimit: 10,
    search: null,
  };
  const { begun } = await database.turns.startTurn(input, null);
  if (!begun) throw new Error('nothing was begun');
  return { input, agentId, begun };
}

function pendingCall(requestId: string) {
  return { requestId, provider: 'openai', model: 'm', startedAt: new Date().toISOString(), promptTokens: 3 };
}

/** A worst case of exactly that, in every kind of budget. */
function budgetFor({ dailyUsd }: Account, worst: bigint): BudgetRequest {
  const roomy = '100000';
  return {
    limits: {
      account_monthly: roomy,
      account_daily: dailyUsd,
      agent_monthly: roomy,
      agent_daily: roomy,
      visitor_daily: roomy,
    },
    choices: [{ provider: 'openai', model: 'm', prompt_usd: '0', completion_usd: toUsd(worst) }],
    prompt_tokens: 3,
    max_prompt_tokens: 1_000,
    completion_tokens: 1_000_000,
  };
}

/** Asks the provider, which enters it in its books: once, whoever bills it. */
function call({ account, agentId, begun }: Asking, id: string, cost: bigint | null, counted = cost ?? 0n): Call {
  const entered = calls.get(id);
  if (entered) return entered;
  const asked = { id, account, agentId, turnId: begun.turn_id, sessionId: begun.session_id, cost, counted };
  calls.set(id, asked);
  return asked;
}

function finish({ account, begun, leaseOwner }: Turn, asked: Call | null, end: End = 'complete'): Promise<boolean> {
  const status = asked === null ? 'error' : end === 'stopped' ? 'partial' : 'complete';
  return database.turns.finishTurn({
    accountId: account.id,
    turnId: begun.turn_id,
    leaseOwner,
    content: 'Well.',
    status,
    metadata: {},
    request: asked && toRow(asked, status),
  });
}

function toRow(asked: Call, status: 'complete' | 'partial' | 'error'): LlmRequestRow {
  return ledgerRow({
    id: asked.id,
    account_slug: asked.account.slug,
    agent_instance_id: asked.agentId,
    session_id: asked.sessionId,
    turn_id: asked.turnId,
    completion_status: status,
    total_cost: asked.cost === null ? null : toUsd(asked.cost),
    budget_usd: toUsd(asked.counted),
  });
}

async function createAccount(slug: string, dailyUsd: string): Promise<Account> {
  return database.withNewAccount({ slug, name: slug }, async (tx, { id }) => {
    const agents = await tx.agentInstance.createManyAndReturn({
      data: ['one', 'two'].map((name) => ({
        accountId: id,
        instanceSlug: name,
        agentType: 'simple_chat',
        displayName: name,
      })),
    });
    return { id, slug, agents: agents.map((agent) => agent.id), dailyUsd };
  });
}

function deleteSession(tx: Parameters<Parameters<Database['withAccount']>[1]>[0], id: string) {
  return tx.session.deleteMany({ where: { id } });
}

function query<Row>(sql: string): Promise<Row[]> {
  return queryAsOwnerOf<Row>(database, sql);
}

function toUsd(units: bigint): string {
  return `${units / UNITS_PER_USD}.${(units % UNITS_PER_USD).toString().padStart(8, '0')}`;
}

function toUnits(usd: string): bigint {
  return BigInt(usd.replace('.', ''));
}

function pick<T>(choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

/** The same numbers in every run: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
