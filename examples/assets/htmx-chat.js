// A whole chat over server-sent events: no library, no build step, no widget.
// The form's own address names the agent.
const form = document.querySelector('#chat');
const log = document.querySelector('#conversation');
const note = document.querySelector('#note');

form.addEventListener('submit', (event) => {
  event.preventDefault(); // Without script, the raw stream is shown.
  const message = form.elements.message.value.trim();
  if (message) ask(message);
});

function ask(message) {
  say('You', message);
  const answer = say('Assistant', '');
  setBusy(true);
  // EventSource reconnects by itself. The id makes that safe: the server
  // joins the same answer, it never asks twice.
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2);
  const stream = new EventSource(`${form.action}?${new URLSearchParams({ message, client_message_id: id })}`);

  stream.addEventListener('message', (event) => {
    answer.textContent += event.data; // As text: no answer can become markup.
  });
  stream.addEventListener('done', (event) => {
    const { usage, citations } = JSON.parse(event.data);
    for (const { index, title } of citations) answer.textContent += `\n[${index}] ${title}`;
    finish(usage ? `${usage.total_tokens} tokens, ${usage.total_cost ?? 'unknown'} USD` : '');
  });
  stream.addEventListener('error', (event) => {
    if (event.data) finish(JSON.parse(event.data).detail); // The server says what went wrong.
    else if (stream.readyState === EventSource.CLOSED) finish('The server did not take the question. Try again.');
    else note.textContent = 'Connection lost. Rejoining the answer…';
  });

  function finish(text) {
    stream.close(); // Otherwise it would connect again after every answer.
    note.textContent = text;
    setBusy(false);
    form.reset();
  }
}

function say(who, text) {
  const item = document.createElement('div');
  item.append(Object.assign(document.createElement('b'), { textContent: who }));
  item.append(Object.assign(document.createElement('p'), { textContent: text }));
  log.append(item);
  item.scrollIntoView({ block: 'nearest' });
  return item.lastChild;
}

function setBusy(busy) {
  log.ariaBusy = String(busy); // Read aloud when whole, not word by word.
  form.querySelector('button').disabled = busy;
}

// The conversation is still there after a reload: the server keeps it.
const history = await fetch(form.action.replace(/stream$/, 'history'));
const { messages = [] } = await history.json();
for (const { role, content } of messages) say(role === 'user' ? 'You' : 'Assistant', content);
