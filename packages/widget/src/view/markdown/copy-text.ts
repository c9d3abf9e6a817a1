/**
 * Puts text on the clipboard, and says whether that worked.
 * Without the Clipboard API (no https, or a frame without the permission) it falls back to a hidden field and
 * `execCommand`, which is deprecated and has no successor there. The field is placed beside `near`, inside the shadow
 * root, because a selection outside it would be the page's.
 */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, near);
  }
}

function copyBySelection(text: string, near: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;top:0;opacity:0';
  near.after(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    near.focus();
  }
}
