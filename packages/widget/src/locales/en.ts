import { OPEN_CHAT } from './launcher-words.ts';

/** Every word a visitor meets. A locale is one such file. Days, dates and times are up to `Intl`. */
export const en = {
  openChat: OPEN_CHAT,
  closeChat: 'Close chat',
  /** The language these words are in, as a BCP 47 tag. */
  locale: 'en',
  conversation: 'Conversation',
  message: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  stop: 'Stop',
  stopping: 'Stopping…',
  you: 'You',
  assistant: 'Assistant',
  typing: 'Writing an answer…',
  searching: 'Looking it up…',
  /** The line to the server is lost, and tried again. */
  reconnecting: 'Reconnecting…',
  /** After a reload: an answer that was under way is being fetched. */
  rejoining: 'Getting the rest of the answer…',
  offline: 'You are offline. This goes on when you are back.',
  backOnline: 'You are back online.',
  /** Below a message that waits for the network. */
  waitsForNetwork: 'Will be sent when you are back online.',
  loading: 'Loading the conversation…',
  earlier: 'Show earlier messages',
  loadingEarlier: 'Loading earlier messages…',
  jumpToLatest: 'Jump to latest',
  sending: 'Sending…',
  notSent: 'Not sent.',
  retry: 'Retry',
  dismiss: 'Dismiss',
  newConversation: 'New conversation',
  resetQuestion: 'Start a new conversation?',
  resetDetail: 'This one will no longer be shown here.',
  resetConfirm: 'Start new',
  cancel: 'Cancel',
  copyAnswer: 'Copy answer',
  copied: 'Copied',
  notCopied: 'Could not copy',
  copyCode: 'Copy',
  /** Asks the last question once more. */
  regenerate: 'Answer again',
  editQuestion: 'Edit question',
  /** Above the message box while the last question stands in it. */
  editing: 'Editing your last question. The answer will be replaced.',
  goodAnswer: 'Good answer',
  badAnswer: 'Bad answer',
  goodComment: 'What was good about it?',
  badComment: 'What went wrong?',
  commentHint: 'Optional',
  sendComment: 'Send comment',
  commentSent: 'Thank you for your comment.',
  /** Before the first message, where the site asks for it. The text itself is the site's own. */
  consent: 'Before you send your first message',
  consentAgree: 'Agree and send',
  consentLink: 'Read more',
  /** Closes the one line beside the closed button. */
  dismissTeaser: 'Close this message',
  sources: 'Sources',
  stopped: 'You stopped this answer.',
  lengthReached: 'The answer reached its longest length.',
  answerCut: 'The answer was cut short.',
  answerFailed: 'The answer could not be written.',
  aiNote: 'Answers come from an AI and can be wrong.',
  localNote: 'Answers quote this site’s own documents.',
  unread: (count: number) => (count === 1 ? '1 unread answer' : `${count} unread answers`),
  /** What is below, while the visitor reads further up. */
  newBelow: (count: number) => (count === 1 ? '1 new message' : `${count} new messages`),
  charactersLeft: (count: number) => (count === 1 ? '1 character left' : `${count} characters left`),
  charactersOver: (count: number) => (count === 1 ? '1 character too many' : `${count} characters too many`),
  retryIn: (seconds: number) => `Retry in ${seconds} s`,
  source: (index: number) => `Source ${index}`,
  errors: {
    offline: 'You seem to be offline. Check your connection.',
    unreachable: 'The chat cannot be reached right now. It may be down for a moment, or blocked by this browser.',
    timeout: 'That took too long. Try again in a moment.',
    rateLimit: (seconds: number | undefined) =>
      seconds
        ? `That was a lot of messages at once. Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`
        : 'That was a lot of messages at once.',
    budget: 'This chat has reached its limit for now. Try again later, or contact the site directly.',
    agentNotFound: 'This chat does not exist, or is switched off.',
    originNotAllowed: 'This chat may not be used on this website.',
    server: 'Something went wrong on our side. Try again in a moment.',
    notReady: 'The chat is starting up. Try again in a moment.',
    busy: 'Another answer is still being written, perhaps in another tab.',
    session: 'Your session could not be confirmed. Reload the page and try again.',
  },
};

export type Words = typeof en;
