// Makes a floating frame when the visitor asks for the chat, gives it the
// room it wants, and believes nobody but that frame.
const button = document.querySelector('#make-frame');
const address = new URL('/iframe-wrapper.html', window.location.href);
address.search = new URLSearchParams({ account: 'default_account', agent: 'simple_chat2' });
const title = document.title;

let frame;

button.addEventListener('click', () => {
  if (frame) {
    frame.remove();
    frame = undefined;
  } else {
    frame = document.createElement('iframe');
    frame.title = 'Chat, made by a script';
    frame.className = 'floating-frame';
    frame.allow = 'clipboard-write';
    frame.src = address;
    document.body.append(frame);
  }
  button.textContent = frame ? 'Remove the chat' : 'Open the chat';
});

window.addEventListener('message', ({ origin, source, data }) => {
  // Exactly this frame, from exactly its origin: any window may send us messages.
  if (!frame || source !== frame.contentWindow || origin !== address.origin) return;
  if (data.type === 'salient:ready') tell({ type: 'salient:call', call: ['open'] });
  if (data.type === 'salient:resize') Object.assign(frame, { width: data.width, height: data.height });
  if (data.type === 'salient:unread') document.title = data.count ? `(${data.count}) ${title}` : title;
});

function tell(message) {
  frame.contentWindow.postMessage(message, address.origin); // Never to '*'.
}
