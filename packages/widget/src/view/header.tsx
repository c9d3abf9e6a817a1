import { Icon } from './icons.tsx';
import { useWidget } from './widget-context.ts';

interface HeaderProps {
  onReset: () => void;
  /** There is a conversation that a new one could replace. */
  isReplaceable: boolean;
}

export function Header({ onReset, isReplaceable }: HeaderProps) {
  const { chat, config, launcher, viewport, words } = useWidget();
  const { title, subtitle, mode } = config.value;
  const connection = chat.connection.value;
  const status = connection === 'connected' ? subtitle : words.value.reconnecting;
  return (
    <header class="header">
      <span class="avatar bubble-icon" aria-hidden="true" />
      <div class="headings">
        <h2 id="title" class="title" dir="auto">
          {title}
        </h2>
        {status && (
          <p class={subtitle ? 'subtitle' : 'subtitle passing'} dir="auto">
            {status}
          </p>
        )}
      </div>
      {isReplaceable && (
        <button
          type="button"
          class="icon-button"
          aria-label={words.value.newConversation}
          title={words.value.newConversation}
          onClick={onReset}
        >
          <Icon name="restart" />
        </button>
      )}
      {mode === 'floating' && viewport.value.isPhone && (
        <button type="button" class="icon-button" aria-label={words.value.closeChat} onClick={() => launcher.close()}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
