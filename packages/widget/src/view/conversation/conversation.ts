/** A piece: what a panel shows only once somebody has said something. */
export { Markdown } from '../markdown/markdown.tsx';
export { ConsentQuestion } from './consent-question.tsx';
export { default as conversationCss } from './conversation.css?inline';
export { JumpButton } from './jump-button.tsx';
export { Messages } from './messages.tsx';
export { ResetQuestion } from './reset-question.tsx';
