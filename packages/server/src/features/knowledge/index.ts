export { findPassages } from './find-passages.ts';
export { indexKnowledge, resolveIncludes } from './index-knowledge.ts';
export { describeSearch } from './search-knowledge.ts';
