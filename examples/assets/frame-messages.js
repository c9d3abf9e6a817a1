/** Lists what the frames of the page report to it: `salient:` messages, by the frame that sent them. */
const list = document.querySelector('#frame-messages');
const shownAtMost = 30;

window.addEventListener('message', ({ origin, source, data }) => {
  const frame = [...document.querySelectorAll('iframe')].find(({ contentWindow }) => contentWindow === source);
  if (!frame || origin !== new URL(frame.src).origin || !String(data?.type).startsWith('salient:')) return;
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = data.type;
  item.append(name, ` ${frame.title}`);
  list.append(item);
  if (list.children.length > shownAtMost) list.firstChild.remove();
  // The log alone: the page stays where the visitor has put it.
  list.parentElement.scrollTop = list.parentElement.scrollHeight;
});
