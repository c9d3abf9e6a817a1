export { SalientChat, type SalientChatProps } from './salient-chat.ts';
export type { Widget } from '@salient/widget';
