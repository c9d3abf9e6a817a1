// Makes the frame when the visitor asks for the chat, and believes nobody but that frame.
const button = document.querySelector('#make-frame');
const place = document.querySelector('#frame-place');
const address = new URL('/demo/simple-chat', window.location.href);
address.search = new URLSearchParams({ account: 'default_account', agent: 'simple_chat2' });

let frame;

button.addEventListener('click', () => {
  if (frame) {
    frame.remove();
    frame = undefined;
  } else {
    frame = document.createElement('iframe');
    frame.title = 'Chat, made by a script';
    frame.className = 'frame-chat';
    frame.sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups';
    frame.src = address;
    place.append(frame);
  }
  button.textContent = frame ? 'Remove the chat' : 'Open the chat';
});

window.addEventListener('message', ({ origin, source, data }) => {
  // Exactly this frame, from exactly its origin: any window may send us a message.
  if (!frame || source !== frame.contentWindow || origin !== address.origin) return;
  if (data?.type === 'salient:unread') document.title = data.count ? `(${data.count}) My site` : 'My site';
});
