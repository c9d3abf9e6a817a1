/** Makes every `button[data-copy]` copy the text of the element its value selects, and say so. */
export function enableCopyButtons() {
  const announcement = document.createElement('p');
  announcement.className = 'visually-hidden';
  announcement.setAttribute('role', 'status');
  document.body.append(announcement);

  for (const button of document.querySelectorAll('button[data-copy]')) {
    const label = button.textContent;
    let restore;
    const copy = async () => {
      const copied = await copyText(document.querySelector(button.dataset.copy));
      button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
      announcement.textContent = copied ? 'Copied to the clipboard' : 'Selected. Press Control and C to copy.';
      clearTimeout(restore);
      restore = setTimeout(() => {
        button.textContent = label;
        announcement.textContent = '';
      }, 2500);
    };
    button.addEventListener('click', () => void copy());
  }
}

/** True when the text is on the clipboard; false when it is only selected, for the visitor to copy. */
async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    // No clipboard on plain http (other than localhost), or the visitor said no.
    window.getSelection().selectAllChildren(source);
    return document.execCommand('copy');
  }
}
