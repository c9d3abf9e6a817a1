import { randomUUID } from 'node:crypto';
import type { Database } from '../src/db/index.ts';

/** An account with a row in every tenant table. Nothing but ids tells two of them apart. */
export async function seedAccount(database: Database, slug: string): Promise<string> {
  const email = `${slug}@people.example`;
  const user = await database.withPerson({ email }, (tx) =>
    tx.user.create({ data: { email, name: 'Same', passwordHash: 'same' } }),
  );
  return database.withNewAccount({ slug, name: 'Same name' }, async (tx, { id: accountId }) => {
    const agent = await tx.agentInstance.create({
      data: { accountId, instanceSlug: 'helper', agentType: 'simple_chat', displayName: 'Helper' },
    });
    const own = { accountId, agentInstanceId: agent.id };
    const session = await tx.session.create({ data: { ...own, accountSlug: slug, sessionKey: 'same-key' } });
    const inFuture = new Date(Date.now() + 60_000);
    await tx.visitorKey.create({ data: { accountId, keyHash: 'same-hash', sessionKey: 'same-key' } });
    await tx.identityKey.create({ data: { accountId, kid: 'same-kid', algorithm: 'ES256', publicKey: 'PEM' } });
    const { id: visitorId } = await tx.visitor.findFirstOrThrow({ where: { accountId, sessionKey: 'same-key' } });
    await tx.profile.create({ data: { accountId, visitorId, field: 'name', value: 'same name', verified: false } });
    await tx.sessionToken.create({
      data: { ...own, tokenHash: randomUUID(), sessionKey: 'same-key', expiresAt: inFuture },
    });
    const request = await tx.llmRequest.create({
      data: {
        ...own,
        accountSlug: slug,
        agentInstanceSlug: 'helper',
        agentType: 'simple_chat',
        sessionId: session.id,
        completionStatus: 'complete',
        provider: 'local',
        modelRequested: 'local',
        promptTokens: 1,
        completionTokens: 1,
        totalTokens: 2,
        totalCost: 0,
        costSource: 'provider',
        usageSource: 'provider',
        latencyMs: 1,
      },
    });
    const turn = { ...own, sessionId: session.id, turnId: randomUUID(), llmRequestId: request.id };
    await tx.message.createMany({
      data: [
        { ...turn, role: 'user', content: 'Same question', clientMessageId: 'same-client-id' },
        {
          ...turn,
          role: 'assistant',
          content: '',
          status: 'pending',
          leaseOwner: randomUUID(),
          leaseExpiresAt: inFuture,
        },
      ],
    });
    const counter = await tx.budgetCounter.create({
      data: { accountId, scope: 'account', subject: '', period: 'month', startsOn: new Date('2026-01-01') },
    });
    const reservation = { accountId, requestId: randomUUID(), turnId: turn.turnId, amountUsd: 1 };
    await tx.budgetReservation.create({
      data: { ...reservation, day: new Date('2026-01-01'), counterIds: [counter.id] },
    });
    await tx.accountBudget.create({ data: { accountId, dailyUsd: 1 } });
    await tx.notification.create({ data: { accountId, kind: 'budget_low', topic: 'account month' } });
    const document = await tx.knowledgeDocument.create({
      data: { ...own, source: 'same.md', title: 'Same', contentHash: 'same' },
    });
    await tx.$executeRaw`
      INSERT INTO knowledge_chunks (account_id, agent_instance_id, document_id, position, content, search_vector)
      VALUES (${accountId}::uuid, ${agent.id}::uuid, ${document.id}::uuid, 0, 'Same text', to_tsvector('same text'))`;
    await tx.userRole.create({ data: { accountId, userId: user.id, role: 'owner' } });
    await tx.accountInvite.create({
      data: { accountId, email: 'same@people.example', role: 'viewer', tokenHash: randomUUID(), expiresAt: inFuture },
    });
    await tx.apiKey.create({ data: { ...own, name: 'Same', prefix: randomUUID(), keyHash: 'same', scopes: ['chat'] } });
    await tx.auditEvent.create({ data: { accountId, chainId: accountId, actorKind: 'system', action: 'same' } });
    return accountId;
  });
}
