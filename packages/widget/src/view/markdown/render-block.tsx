import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChild } from 'preact';
import { CodeBlock } from './code-block.tsx';
import { plainText } from './plain-text.ts';
import type { RenderContext } from './render-context.ts';
import { renderInline } from './render-inline.tsx';
import { isLineBreak, RawBlock } from './render-raw-html.tsx';
import { ScrollableTable } from './scrollable-table.tsx';

// An answer stands below the panel's own title, so its first level is h3. Real heading elements keep the outline a
// screen reader offers; levels four to six are rare in a chat and share h6.
const headingTags = ['h3', 'h4', 'h5', 'h6', 'h6', 'h6'] as const;

/**
 * Turns one of marked's block tokens into nodes. A kind not listed here is shown as its source.
 *
 * Inside list items and quotes (`isInside`) `dir` is left out: theirs looks at the text, but not into children that carry
 * one of their own, and a bullet must stand on the side its text starts from.
 */
export function renderBlock(token: Token, context: RenderContext, isInside = false): ComponentChild {
  const block = token as MarkedToken;
  const dir = isInside ? undefined : 'auto';
  switch (block.type) {
    case 'space':
    case 'def':
      return null;
    case 'paragraph':
      return <p dir={dir}>{renderInline(block.tokens, context)}</p>;
    case 'text':
      return block.tokens ? renderInline(block.tokens, context) : block.text;
    case 'heading':
      return renderHeading(block, context, dir);
    case 'code':
      return renderCode(block, context);
    case 'blockquote':
      return <blockquote dir={dir}>{block.tokens.map((child) => renderBlock(child, context, true))}</blockquote>;
    case 'list':
      return renderList(block, context);
    case 'table':
      return renderTable(block, context);
    case 'hr':
      return <hr />;
    case 'html':
      return isLineBreak(block.raw) ? <br /> : <RawBlock token={block} context={context} dir={dir} />;
    default:
      return (
        <div class="plain-text" dir={dir}>
          {token.raw}
        </div>
      );
  }
}

function renderHeading(heading: Tokens.Heading, context: RenderContext, dir: 'auto' | undefined): ComponentChild {
  const Heading = headingTags[heading.depth - 1] ?? 'h6';
  return <Heading dir={dir}>{renderInline(heading.tokens, context)}</Heading>;
}

function renderCode(code: Tokens.Code, context: RenderContext): ComponentChild {
  const language = /^\S*/.exec(code.lang ?? '')?.[0] ?? '';
  return <CodeBlock code={code.text.replace(/\n$/, '')} language={language} context={context} />;
}

function renderList(list: Tokens.List, context: RenderContext): ComponentChild {
  const items = list.items.map((item) => (
    <li dir="auto" class={item.task ? 'task' : undefined}>
      {renderItem(item, context)}
    </li>
  ));
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={list.start === 1 || list.start === '' ? undefined : list.start}>{items}</ol>;
}

function renderItem(item: Tokens.ListItem, context: RenderContext): ComponentChild {
  const [first, second, ...rest] = item.tokens;
  // A checkbox needs a name, and its name is the text beside it.
  if (first?.type === 'checkbox' && second?.type === 'text') {
    return [
      <label>
        {renderInline([first], context)} {renderBlock(second, context, true)}
      </label>,
      rest.map((child) => renderBlock(child, context, true)),
    ];
  }
  return item.tokens.map((child) =>
    child.type === 'paragraph' && child.tokens?.[0]?.type === 'checkbox' ? (
      <p>
        <label>
          {renderInline(child.tokens.slice(0, 1), context)} {renderInline(child.tokens.slice(1), context)}
        </label>
      </p>
    ) : (
      renderBlock(child, context, true)
    ),
  );
}

function renderTable(table: Tokens.Table, context: RenderContext): ComponentChild {
  const row = (cells: Tokens.TableCell[], Cell: 'th' | 'td') => (
    <tr>
      {cells.map((cell) => (
        <Cell data-align={cell.align ?? undefined}>{renderInline(cell.tokens, context)}</Cell>
      ))}
    </tr>
  );
  return (
    <ScrollableTable label={table.header.map((cell) => plainText(cell.tokens)).join(', ')}>
      <thead>{row(table.header, 'th')}</thead>
      {table.rows.length > 0 && <tbody>{table.rows.map((cells) => row(cells, 'td'))}</tbody>}
    </ScrollableTable>
  );
}
