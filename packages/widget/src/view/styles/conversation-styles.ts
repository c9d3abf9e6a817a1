/** A piece: the rules for what a panel shows only once somebody has said something. */
export { default as conversationCss } from './conversation.css?inline';
