/** Languages with words of their own that run from right to left. */
const RIGHT_TO_LEFT = /^(ar|he)\b/i;

/** Which way the widget's words run in a language, by BCP 47 tag: one without words of its own is shown in English. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(locale) ? 'rtl' : 'ltr';
}
