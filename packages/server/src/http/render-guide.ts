import { Marked, type Tokens } from 'marked';

/** The parts of the guide's page, as HTML. */
export interface RenderedGuide extends Record<string, string> {
  guide: string;
  /** A list of links to its sections. */
  contents: string;
}

/**
 * The embedding guide as HTML. It is a file of this project, so its text is trusted; HTML in it is shown, not used.
 * Sections can be linked to, code can be copied, and wide tables scroll by themselves.
 */
export function renderGuide(markdown: string): RenderedGuide {
  const sections: string[] = [];
  let codeCount = 0;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const id = idOf(text);
        const content = this.parser.parseInline(tokens);
        if (depth === 2) sections.push(`<li><a href="#${id}">${content}</a></li>`);
        return `<h${depth} id="${id}">${content}</h${depth}>\n`;
      },
      code({ text, lang }: Tokens.Code) {
        const id = `code-${++codeCount}`;
        return [
          `<figure class="snippet"><pre tabindex="0" role="group" aria-label="Example ${codeCount}${lang ? `, ${lang}` : ''}">`,
          `<code id="${id}">${escapeHtml(text)}</code></pre>`,
          `<button type="button" class="button" data-copy="#${id}" aria-label="Copy example ${codeCount}">Copy</button></figure>\n`,
        ].join('');
      },
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    },
  });
  const html = marked.parse(markdown, { async: false });
  return {
    guide: html
      .replaceAll('<table>', '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>')
      .replaceAll('</table>', '</table></div>'),
    contents: `<ul>${sections.join('')}</ul>`,
  };
}

/** As GitHub makes them, so that a link into the file is a link into the page. */
function idOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
