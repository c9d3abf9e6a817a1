/** Shows the file that a page runs, as it is, in the element that asks for it with `data-source`. */
for (const code of document.querySelectorAll('[data-source]')) {
  const response = await fetch(code.dataset.source);
  code.textContent = response.ok ? (await response.text()).trimEnd() : `Could not be read (${response.status}).`;
}
