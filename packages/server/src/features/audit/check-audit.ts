import type { AccountTransaction, WorkerTransaction } from '../../db/index.ts';
import type { AuditCheck } from './replies.ts';

export interface ChainBreak {
  chainId: string;
  position: string;
  problem: AuditCheck['breaks'][number]['problem'];
}

export interface ChainHead {
  chainId: string;
  position: string;
  hash: string;
}

/** Every place where a chain that the transaction sees does not hold, and where each chain ends. Reads all of them. */
export async function checkAudit(
  tx: AccountTransaction | WorkerTransaction,
): Promise<{ heads: ChainHead[]; breaks: ChainBreak[] }> {
  const breaks = await tx.$queryRaw<ChainBreak[]>`
    SELECT chain_id::text AS "chainId", position::text AS position, problem FROM find_audit_breaks()`;
  const heads = await tx.$queryRaw<ChainHead[]>`
    SELECT chain_id::text AS "chainId", position::text AS position, hash FROM audit_heads ORDER BY chain_id`;
  return { heads, breaks };
}
