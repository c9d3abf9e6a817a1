import { isAllowed } from './studio-state.js';

/**
 * The state as the form says it. What is being typed and not valid yet keeps its last value.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} last
 */
export function readForm(form, last) {
  const given = new FormData(form);
  const next = { ...last, open: given.has('open') ? 'true' : 'false' };
  for (const [name, value] of given) {
    // Browsers write the line ends of a form as CRLF. The colour input cannot be empty: it counts once it was used.
    if (typeof value !== 'string') continue;
    const text = value.replaceAll('\r\n', '\n');
    if (name === 'accent' && !last.accent && text === form.elements.accent.dataset.untouched) continue;
    if (isAllowed(name, text)) next[name] = text;
  }
  return next;
}

/** Puts the state into the form, without touching a field that already says the same: the caret would jump. */
export function writeForm(form, state) {
  for (const [name, value] of Object.entries(state)) {
    const field = form.elements[name];
    if (name === 'open') field.checked = value === 'true';
    else if (name === 'accent') writeAccent(form, value);
    else if (name === 'agent') chooseAgent(field, value);
    else if (field instanceof RadioNodeList) {
      for (const option of field) option.checked = option.value === value;
    } else if (field.value !== value && document.activeElement !== field) field.value = value;
  }
  form.dataset.mode = state.mode;
  for (const element of document.querySelectorAll('.only-floating')) element.hidden = state.mode !== 'floating';
}

function writeAccent(form, accent) {
  const field = form.elements.accent;
  if (accent) field.value = accent;
  else field.value = field.dataset.untouched ?? field.value;
  form.querySelector('#accent-value').textContent = accent || 'The agent’s own';
  for (const swatch of form.querySelectorAll('[data-accent]')) {
    swatch.setAttribute('aria-pressed', String(swatch.dataset.accent === accent));
  }
}

function chooseAgent(select, slug) {
  if (![...select.options].some(({ value }) => value === slug)) select.add(new Option(slug, slug));
  select.value = slug;
}
