import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { AccountTransaction, Database } from '../../db/index.ts';
import { splitDocument } from './split-document.ts';

/** Changes whenever documents have to be split or indexed anew though their text is the same. */
const INDEX_VERSION = 'v1';

/** PostgreSQL refuses search vectors over 1 MB; a single table or code block can be that long. */
const MAX_INDEXED_CHARACTERS = 200_000;

export interface KnowledgeOwner {
  accountId: string;
  agentInstanceId: string;
}

export interface KnowledgeSource {
  /** Absolute path. */
  file: string;
  /** Name in the database and in citations. */
  name: string;
  /** Where a visitor can read it, if anywhere. */
  url: string | null;
}

/**
 * Brings the agent's passages in the database in line with its files: new and changed documents are split and indexed,
 * those that are gone are removed, all in one transaction.
 *
 * @returns how many documents were written or removed
 */
export async function indexKnowledge(
  database: Database,
  owner: KnowledgeOwner,
  sources: readonly KnowledgeSource[],
): Promise<number> {
  const documents = await Promise.all(
    sources.map(async (source) => {
      const text = await readFile(source.file, 'utf8');
      const contentHash = createHash('sha256').update(`${INDEX_VERSION}\n${source.url}\n${text}`).digest('hex');
      return { ...source, text, contentHash };
    }),
  );

  return database.withAccount(owner.accountId, async (tx) => {
    // Two processes may load the agent at once: the second one waits, and finds nothing left to do.
    await tx.$queryRaw`SELECT id FROM agent_instances WHERE id = ${owner.agentInstanceId}::uuid FOR UPDATE`;
    const stored = await tx.knowledgeDocument.findMany({
      where: { ...owner },
      select: { id: true, source: true, contentHash: true },
    });
    const hashes = new Map(stored.map((document) => [document.source, document.contentHash]));
    const changed = documents.filter((document) => hashes.get(document.name) !== document.contentHash);
    const stale = stored.filter(
      (document) => !documents.some((d) => d.name === document.source && d.contentHash === document.contentHash),
    );
    if (stale.length > 0) {
      await tx.knowledgeDocument.deleteMany({ where: { ...owner, id: { in: stale.map(({ id }) => id) } } });
    }
    for (const document of changed) await insertDocument(tx, owner, document);
    return changed.length + stale.length;
  });
}

async function insertDocument(
  tx: AccountTransaction,
  owner: KnowledgeOwner,
  document: KnowledgeSource & { text: string; contentHash: string },
): Promise<void> {
  const { title, passages } = splitDocument(document.text);
  const { id } = await tx.knowledgeDocument.create({
    data: {
      ...owner,
      source: document.name,
      title: title || path.parse(document.name).name,
      url: document.url,
      contentHash: document.contentHash,
    },
    select: { id: true },
  });
  await tx.$executeRaw`
    INSERT INTO knowledge_chunks (account_id, agent_instance_id, document_id, position, section, content, search_vector)
    SELECT ${owner.accountId}::uuid, ${owner.agentInstanceId}::uuid, ${id}::uuid, position, section, content,
      setweight(to_tsvector('english', ${title}), 'A') || setweight(to_tsvector('english', coalesce(section, '')), 'B')
        || to_tsvector('english', left(content, ${MAX_INDEXED_CHARACTERS}::integer))
    FROM jsonb_to_recordset(${JSON.stringify(passages)}::jsonb) AS passage(position integer, section text, content text)`;
}

/**
 * The files of `knowledge.include`, made absolute.
 *
 * @throws {Error} naming a file that does not exist or lies outside `projectDirectory`
 */
export async function resolveIncludes(
  projectDirectory: string,
  includes: readonly string[],
): Promise<KnowledgeSource[]> {
  const root = await realpath(projectDirectory);
  return Promise.all(
    includes.map(async (include) => {
      const file = await realpath(path.resolve(root, include)).catch((cause: unknown) => {
        throw new Error(`knowledge.include: ${include}: no such file`, { cause });
      });
      if (!file.startsWith(root + path.sep)) throw new Error(`knowledge.include: ${include}: outside the project`);
      return { file, name: include, url: null };
    }),
  );
}
