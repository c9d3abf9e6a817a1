import { Icon } from './icons.tsx';
import { useWidget } from './widget-context.ts';

/** One line beside the closed launcher. It opens the chat, or is closed, and does not come again after either. */
export function TeaserBubble() {
  const { config, launcher, teaser, words } = useWidget();
  const text = config.value.teaser;
  if (!text || !teaser.isWanted.value || launcher.isOpen.value) return null;
  return (
    <div class="teaser">
      <button type="button" class="teaser-text" dir="auto" onClick={() => launcher.open()}>
        {text}
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={words.value.dismissTeaser}
        title={words.value.dismissTeaser}
        onClick={() => teaser.end()}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
