import type { AccountTransaction } from '../../db/index.ts';
import type { SessionsQuery } from './schemas.ts';

export interface SessionSummary {
  id: string;
  agent: string | null;
  visitor: { id: string; verified: boolean; user_id: string | null; email: string | null } | null;
  status: 'open' | 'ended';
  on_hold: boolean;
  created_at: string;
  last_activity_at: string;
  ended_at: string | null;
}

interface Row {
  id: string;
  agent: string | null;
  visitor_id: string | null;
  external_id: string | null;
  email: string | null;
  created_at: Date;
  last_activity_at: Date;
  ended_at: Date | null;
  held_at: Date | null;
}

/** A page of an account's conversations, the newest first. */
export async function listSessions(
  tx: AccountTransaction,
  accountId: string,
  { limit, before, agent, visitor, status }: SessionsQuery,
): Promise<{ sessions: SessionSummary[]; next_cursor: string | null }> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT sessions.id::text, instance_slug AS agent, visitors.id::text AS visitor_id, visitors.external_id, visitors.email,
      sessions.created_at, sessions.last_activity_at, sessions.ended_at, sessions.held_at
    FROM sessions
    LEFT JOIN visitors ON visitors.account_id = sessions.account_id AND visitors.session_key = sessions.session_key
    LEFT JOIN agent_instances ON agent_instances.account_id = sessions.account_id
      AND agent_instances.id = sessions.agent_instance_id
    WHERE sessions.account_id = ${accountId}::uuid
      AND (${agent ?? null}::text IS NULL OR instance_slug = ${agent ?? null})
      AND (${visitor ?? null}::uuid IS NULL OR visitors.id = ${visitor ?? null}::uuid)
      AND (${status ?? null}::text IS NULL OR (sessions.ended_at IS NULL) = (${status ?? null} = 'open'))
      AND (${before ?? null}::uuid IS NULL OR (sessions.created_at, sessions.id) < (
        SELECT created_at, id FROM sessions WHERE account_id = ${accountId}::uuid AND id = ${before ?? null}::uuid))
    ORDER BY sessions.created_at DESC, sessions.id DESC LIMIT ${limit + 1}::integer`;
  const page = rows.slice(0, limit);
  return { sessions: page.map(summaryOf), next_cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function summaryOf(row: Row): SessionSummary {
  return {
    id: row.id,
    agent: row.agent,
    visitor:
      row.visitor_id === null
        ? null
        : { id: row.visitor_id, verified: row.external_id !== null, user_id: row.external_id, email: row.email },
    status: row.ended_at === null ? 'open' : 'ended',
    on_hold: row.held_at !== null,
    created_at: row.created_at.toISOString(),
    last_activity_at: row.last_activity_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
