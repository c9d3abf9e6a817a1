/** The ones the loader needs; apart, so that it carries no others. */
export const launcherWords = {
  openChat: 'Open chat',
  closeChat: 'Close chat',
};
