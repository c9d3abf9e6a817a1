export { SalientChat } from './salient-chat.ts';
export type { Widget } from '@salient/widget';
