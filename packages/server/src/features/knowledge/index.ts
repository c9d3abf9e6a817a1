export { indexKnowledge, resolveIncludes } from './index-knowledge.ts';
export { describeSearch, relevantPassages } from './search-knowledge.ts';
