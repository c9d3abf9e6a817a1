/** The loader has room for no other words, and for no other language. */
export const OPEN_CHAT = 'Open chat';

/** Said where the panel cannot be had, and with it neither its words. */
export const PANEL_FAILED = 'Chat did not load. Try again.';
