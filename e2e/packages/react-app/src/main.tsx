import { SalientChat, type Widget } from '@salient/react';
import { StrictMode, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const backend = new URLSearchParams(location.search).get('backend') ?? location.origin;

function App() {
  const chat = useRef<Widget | null>(null);
  const [agent, setAgent] = useState('simple_chat1');
  const [title, setTitle] = useState<string | undefined>('Shop help');
  const [isShown, setShown] = useState(true);
  const [heard, setHeard] = useState<string[]>([]);
  const hear = (event: string) => setHeard((before) => [...before, event]);
  return (
    <main>
      <button onClick={() => chat.current?.open()}>Ask us</button>
      <button onClick={() => setTitle('Help desk')}>Rename</button>
      <button onClick={() => setTitle(undefined)}>Take the name away</button>
      <button onClick={() => setAgent('simple_chat2')}>Ask somebody else</button>
      <button onClick={() => setShown(false)}>Leave</button>
      <output>{heard.join(' ')}</output>
      {isShown && (
        <SalientChat
          ref={chat}
          backend={backend}
          agent={agent}
          {...(title !== undefined && { title })}
          onReady={() => hear(`ready:${agent}`)}
          onMessageReceived={({ status }) => hear(`received:${status}`)}
        />
      )}
      <SalientChat backend={backend} account="acme" agent="acme_chat1" mode="inline" style={{ height: 480 }} />
    </main>
  );
}

createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
