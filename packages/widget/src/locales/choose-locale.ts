/**
 * The locale for times and dates: the wished one when the words are in its language, so that its region counts; else
 * the language of the words. A page's `lang` may hold anything, and `Intl` throws at what is not a tag.
 */
export function chooseLocale(wished: string, spoken: string): string {
  try {
    const [tag = spoken] = Intl.getCanonicalLocales(wished);
    return tag.split('-')[0] === spoken ? tag : spoken;
  } catch {
    return spoken;
  }
}
