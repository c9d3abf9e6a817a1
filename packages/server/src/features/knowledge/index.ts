export { indexKnowledge, resolveIncludes } from './index-knowledge.ts';
export { listTopics, searchKnowledge } from './search-knowledge.ts';
