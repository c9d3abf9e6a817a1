const DAY_MS = 24 * 60 * 60 * 1_000;

/** Only the time for today, and the day as well for any other: `14:05`, `Yesterday 14:05`. */
export function formatMoment(date: Date, locale: string, now = new Date()): string {
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(date);
  return daysBetween(date, now) === 0 ? time : `${formatDay(date, locale, now)} ${time}`;
}

/** `Today`, `Yesterday`, then the name of the day for a week, then the date. */
export function formatDay(date: Date, locale: string, now = new Date()): string {
  const days = daysBetween(date, now);
  if (days === 0 || days === 1) {
    const [first = '', ...rest] = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return first.toLocaleUpperCase(locale) + rest.join('');
  }
  const isThisWeek = days > 0 && days < 7;
  const isThisYear = date.getFullYear() === now.getFullYear();
  const parts: Intl.DateTimeFormatOptions = isThisWeek
    ? { weekday: 'long' }
    : { day: 'numeric', month: 'long', ...(!isThisYear && { year: 'numeric' }) };
  return new Intl.DateTimeFormat(locale, parts).format(date);
}

/** In days of the calendar. Rounded, because a day may have 23 or 25 hours. */
function daysBetween(date: Date, now: Date): number {
  const midnight = (moment: Date) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  return Math.round((midnight(now) - midnight(date)) / DAY_MS);
}
