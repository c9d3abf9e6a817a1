import type { AccountActor } from '../../access/actor.ts';
import type { AccountTransaction } from '../../db/index.ts';

/** Says who makes the versions of this transaction, and which older one they bring back. */
export async function nameEditor(
  tx: AccountTransaction,
  { kind, id }: AccountActor,
  revertedTo: number | null = null,
): Promise<void> {
  const person = kind === 'user' ? (id ?? '') : '';
  await tx.$queryRaw`SELECT set_config('app.actor_id', ${person}, true),
    set_config('app.reverted_to', ${revertedTo === null ? '' : String(revertedTo)}, true)`;
}
