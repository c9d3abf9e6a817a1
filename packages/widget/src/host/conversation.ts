/**
 * A piece: what a conversation needs and an opening panel does not. It draws what is said, delivers it, follows the answers
 * and reads them aloud.
 */
export { speakAnswers } from '../model/speak-answers.ts';
export { createTurns } from '../model/turns.ts';
export { createTurnApi } from '../protocol/turn-api.ts';
export * from '../view/conversation/conversation.ts';
export { scheduleFlush, untilRested } from './schedule-flush.ts';
