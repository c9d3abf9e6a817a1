import type { RunStatement } from './run-statement.ts';

/** Who a credential stands for, as `enter_by_key` and `enter_by_token` say it. The functions are in prisma/migrations. */
export interface EnteredVisitor {
  /** Names the visitor in `sessions.session_key`. */
  session_key: string;
  /** Null for a browser that has not sent anything yet. */
  visitor_id: string | null;
  /** The account's own name for the person, vouched for. */
  external_id: string | null;
  user_id: string | null;
  /** A copy of a credential that was replaced is being shown, and nobody has heard of it within the hour. */
  note_reuse: boolean;
}

export interface EnteredByKey extends EnteredVisitor {
  status: 'ok' | 'replaced' | 'ended' | 'expired';
  /** The account has a visitor more than before. */
  is_new: boolean;
}

export interface EnteredByToken extends EnteredVisitor {
  status: 'ok' | 'ended' | 'expired';
  token_id: string;
  /** Old enough to be exchanged. */
  is_due: boolean;
}

export interface EnterByKeyInput {
  accountId: string;
  /** Of the key's secret, for the whole server. */
  browserHash: string;
  /** The same for this account. */
  keyHash: string;
  issuedAt: Date;
  /** Makes a record of a key that has none. */
  remember: boolean;
  overlapSeconds: number;
  absoluteSeconds: number;
}

export interface EnterByTokenInput {
  accountId: string;
  agentInstanceId: string;
  tokenHash: string;
  overlapSeconds: number;
  rotateSeconds: number;
}

/** Every request of a visitor begins with one of them: one round trip each. */
export interface VisitorStatements {
  enterByKey(input: EnterByKeyInput): Promise<EnteredByKey>;
  /** Null for a token that is none of ours, or another agent's. */
  enterByToken(input: EnterByTokenInput): Promise<EnteredByToken | null>;
}

export function createVisitorStatements(run: RunStatement): VisitorStatements {
  return {
    async enterByKey(input) {
      const [row] = await run<{ entered: EnteredByKey }>(
        'SELECT enter_by_key($1::uuid, $2, $3, $4::timestamptz, $5::boolean, $6::integer, $7::integer) AS entered',
        [
          input.accountId,
          input.browserHash,
          input.keyHash,
          input.issuedAt.toISOString(),
          input.remember,
          input.overlapSeconds,
          input.absoluteSeconds,
        ],
      );
      if (!row) throw new Error('enter_by_key gave no row');
      return row.entered;
    },

    async enterByToken(input) {
      const [row] = await run<{ entered: EnteredByToken | null }>(
        'SELECT enter_by_token($1::uuid, $2::uuid, $3, $4::integer, $5::integer) AS entered',
        [input.accountId, input.agentInstanceId, input.tokenHash, input.overlapSeconds, input.rotateSeconds],
      );
      return row?.entered ?? null;
    },
  };
}
