/** What a page of a site can have in it, kept to the left so that a panel covers none of it. */
const content = `<h1>Shop</h1>
<p>Two <a href="#kettle">kettles</a> and a <button type="button">button</button>.</p>
<form><label>Search <input name="q"></label> <select><option>All</option></select> <textarea rows="1"></textarea></form>
<table><tr><th>Kettle</th><td>40</td></tr></table>
<ul><li>One<ol><li>Deeper</li></ol></li></ul>
<blockquote>Fine.</blockquote><pre><code>code</code></pre>
<details><summary>More</summary>Hidden</details>
<div>A <span>div</span></div>`;

interface ShopPage {
  /** The site's own sheet. */
  css?: string;
  /** Attributes of `<html>`. */
  root?: string;
  head?: string;
  /** After the content: the tag of a widget. */
  tag?: string;
}

/** A customer's page: everyday elements, perhaps a sheet that means no good, perhaps a widget. */
export function shopPage({ css = '', root = 'lang="en"', head = '', tag = '' }: ShopPage = {}): string {
  return `<!doctype html><html ${root}><head><title>Shop</title><meta charset="utf-8"><style>${css}</style>${head}</head>
<body>${content}${tag}</body></html>`;
}
