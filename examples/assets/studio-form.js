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
    if (typeof value !== 'string') continue;
    // Browsers write the line ends of a form as CRLF.
    const text = value.replaceAll('\r\n', '\n');
    if (name === 'accent' && !last.accent && text === form.elements.accent.dataset.own) continue;
    if (isAllowed(name, text)) next[name] = text;
  }
  return next;
}

/** Puts the state into the form. What is being typed is left alone: the caret would jump. */
export function writeForm(form, state) {
  for (const [name, value] of Object.entries(state)) {
    const field = form.elements[name];
    if (name === 'open') field.checked = value === 'true';
    else if (name === 'accent') writeAccent(form, value);
    else if (field instanceof RadioNodeList) {
      for (const option of field) option.checked = option.value === value;
    } else if (field.value !== value && document.activeElement !== field) field.value = value;
  }
  for (const element of form.querySelectorAll('.only-floating')) element.hidden = state.mode !== 'floating';
}

function writeAccent(form, accent) {
  const field = form.elements.accent;
  if (accent) field.dataset.chosen = '';
  else delete field.dataset.chosen;
  field.value = accent || field.dataset.own || field.value;
  form.querySelector('#accent-value').textContent = accent || 'The agent’s own';
  for (const swatch of form.querySelectorAll('[data-accent]')) {
    swatch.ariaPressed = String(swatch.dataset.accent === accent);
  }
}
