import { en, type Words } from './en.ts';

/**
 * The words of a language, by BCP 47 tag; English where there are none. Every other locale is a file of its own that
 * only its readers load: add `de: () => import('./de.ts').then(({ de }) => de)`.
 */
export async function loadWords(locale: string): Promise<Words> {
  const load = locales[locale.toLowerCase()] ?? locales[locale.split('-')[0]!.toLowerCase()];
  return load ? load() : en;
}

const locales: Record<string, (() => Promise<Words>) | undefined> = {};
