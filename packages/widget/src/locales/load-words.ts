import { en, type Words } from './en.ts';

/**
 * The words of a language, by BCP 47 tag; English where there are none. Every other locale is a file of its own that
 * only its readers load. One that cannot be had leaves English.
 */
export async function loadWords(locale: string): Promise<Words> {
  const load = LOCALES[locale.split('-')[0]!.toLowerCase()];
  return (await load?.().catch(() => undefined)) ?? en;
}

/** By language: none of them has words that differ by region. */
export const LOCALES: Record<string, (() => Promise<Words>) | undefined> = {
  ar: () => import('./ar.ts').then(({ ar }) => ar),
  cs: () => import('./cs.ts').then(({ cs }) => cs),
  de: () => import('./de.ts').then(({ de }) => de),
  es: () => import('./es.ts').then(({ es }) => es),
  fr: () => import('./fr.ts').then(({ fr }) => fr),
  he: () => import('./he.ts').then(({ he }) => he),
  it: () => import('./it.ts').then(({ it }) => it),
  ja: () => import('./ja.ts').then(({ ja }) => ja),
  ko: () => import('./ko.ts').then(({ ko }) => ko),
  nl: () => import('./nl.ts').then(({ nl }) => nl),
  pl: () => import('./pl.ts').then(({ pl }) => pl),
  pt: () => import('./pt.ts').then(({ pt }) => pt),
  ru: () => import('./ru.ts').then(({ ru }) => ru),
  tr: () => import('./tr.ts').then(({ tr }) => tr),
  uk: () => import('./uk.ts').then(({ uk }) => uk),
  zh: () => import('./zh.ts').then(({ zh }) => zh),
};
