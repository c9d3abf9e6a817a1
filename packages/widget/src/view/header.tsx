import { Icon } from './icons.tsx';
import { Picture } from './picture.tsx';
import { useWidget } from './widget-context.ts';

interface HeaderProps {
  onReset: () => void;
  /** There is a conversation that a new one could replace. */
  isReplaceable: boolean;
}

export function Header({ onReset, isReplaceable }: HeaderProps) {
  const { chat, config, hasOwnLauncher, isOnline, launcher, viewport, words } = useWidget();
  const { title, subtitle, mode, logo } = config.value;
  const isLost = isOnline.value && chat.connection.value !== 'connected';
  const status = isLost ? words.value.reconnecting : subtitle;
  return (
    <div class="header">
      <Picture address={logo} class="logo">
        <span class="avatar" aria-hidden="true" />
      </Picture>
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
      {/* Elsewhere the launcher closes it. */}
      {mode === 'floating' && (viewport.value.isPhone || !hasOwnLauncher) && (
        <button type="button" class="icon-button" aria-label={words.value.closeChat} onClick={() => launcher.close()}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
