export * from './agents.ts';
export * from './errors.ts';
export * from './messages.ts';
export * from './stream.ts';
export * from './usage.ts';
