/** A text for each plural category of a language (CLDR). `{n}` stands for the number. */
type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Makes texts that hold a number, by a language's own rules. The number is written as the language writes it. */
export function createPlural(locale: string) {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (forms: PluralForms) => (count: number) =>
    (forms[rules.select(count)] ?? forms.other).replace('{n}', numbers.format(count));
}
