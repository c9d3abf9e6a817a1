import type { Plugin } from 'vite';

/**
 * marked hangs everything it has on one function at its end, so a bundler must keep its HTML renderer too, 3 kB that
 * nobody calls. Without that end, what is not imported goes. Fails the build if marked is no longer written like this.
 */
export function keepMarkedLexer(): Plugin {
  return {
    name: 'salient:marked-lexer',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('marked/lib/marked.esm.js')) return undefined;
      const nameOf = (exported: string) => new RegExp(`([\\w$]+) as ${exported}[,}]`).exec(code)?.[1];
      const end = code.lastIndexOf(`var v=new ${nameOf('Marked')}`);
      if (end < 0) throw new Error('marked has changed its form: see keepMarkedLexer.');
      const kept = `${code.slice(0, end)}export{${nameOf('Lexer')} as Lexer,${nameOf('Tokenizer')} as Tokenizer};`;
      // What is kept stands where it stood.
      return { code: kept, map: null };
    },
  };
}
