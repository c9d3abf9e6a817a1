import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { AnnouncerRegion } from './announcer-region.tsx';
import { Composer } from './composer.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Header } from './header.tsx';
import { keepFocus } from './keep-focus.ts';
import { MessageList } from './message-list.tsx';
import { trapFocus } from './trap-focus.ts';
import { useWidget } from './widget-context.ts';

interface PanelProps {
  panelRef: RefObject<HTMLElement | null>;
  isOpen: boolean;
}

/** How long after it is drawn a panel has surely been painted. */
const IDLE_MS = 300;

export function Panel({ panelRef, isOpen }: PanelProps) {
  const { chat, config, conversation, draft, launcher, viewport } = useWidget();
  const view = conversation.piece.value;
  const asksReset = useSignal(false);
  const isFloating = config.value.mode === 'floating';
  const { isPhone, top, height } = viewport.value;
  const isSheet = isFloating && isPhone;

  useEffect(() => {
    // The first date of a page costs a slow machine a twentieth of a second. Until somebody sends a message there is time.
    const timer = setTimeout(() => new Date().toLocaleTimeString(), IDLE_MS);
    return () => clearTimeout(timer);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (isSheet && panelRef.current) trapFocus(event, panelRef.current);
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    if (draft.isEditing.value) draft.clear();
    else if (isFloating) launcher.close();
  };

  return (
    <section
      ref={panelRef}
      class={`panel ${config.value.mode}`}
      role={isFloating ? 'dialog' : 'region'}
      aria-labelledby="title"
      tabIndex={-1}
      aria-modal={isSheet ? 'true' : undefined}
      hidden={!isOpen}
      style={isSheet ? { top: `${top}px`, height: `${height}px` } : { top: '', height: '' }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if ((event.target as Element).closest('button')) keepFocus(event.currentTarget, isPhone);
      }}
      onFocusIn={() => void chat.connect()}
      // A starter is one touch away, and then there is a conversation to show.
      onPointerOver={() => conversation.hasFailed.value || conversation.load()}
    >
      <Header onReset={() => (asksReset.value = true)} isReplaceable={!!view && chat.messages.value.length > 0} />
      <MessageList isOpen={isOpen} />
      {chat.notice.value && <ErrorNotice error={chat.notice.value} onDismiss={() => chat.dismissNotice()} />}
      <Composer />
      {view && <view.ConsentQuestion />}
      {view && asksReset.value && <view.ResetQuestion onClose={() => (asksReset.value = false)} />}
      <AnnouncerRegion />
    </section>
  );
}
