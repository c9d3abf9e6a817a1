import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { countCharacters } from '../model/count-characters.ts';
import { Icon } from './icons.tsx';
import { useWidget } from './widget-context.ts';

/** The counter appears when this little room is left. */
const COUNTER_FROM = 200;

/** The message box. Enter sends, Shift+Enter breaks the line, and an input method's Enter does neither. */
export function Composer() {
  const { announcer, chat, config, draft, words } = useWidget();
  const box = useRef<HTMLTextAreaElement>(null);
  const text = draft.text.value;
  const isEditing = draft.isEditing.value;
  const { maxMessageChars, placeholder, answersLocally, texts } = config.value;
  const left = maxMessageChars - countCharacters(text);
  const isBusy = chat.isBusy.value;
  const canSend = !isBusy && text.trim() !== '' && left >= 0;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // Measured from nothing, because a box never asks for less than it has. The sheet sets the most.
    element.style.height = '0';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  useEffect(() => {
    if (!isEditing) return;
    announcer.say(words.peek().editing);
    box.current?.focus();
  }, [isEditing]);

  const submit = () => {
    const isSent = canSend && (isEditing ? chat.askAgain(text) : chat.send(text));
    if (!isSent) return;
    draft.clear();
    // The button that had the focus is about to be replaced by the other one.
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Safari ends the composition before the key event; 229 is what it still says then.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    // Not a form: a sandboxed frame may not submit one.
    <div class="composer">
      {isEditing && (
        <p class="editing">
          {words.value.editing}
          <button type="button" class="button small" onClick={() => draft.clear()}>
            {words.value.cancel}
          </button>
        </p>
      )}
      <div class="composer-box">
        <textarea
          ref={box}
          class="composer-text"
          rows={1}
          // Empty, it has no direction of its own: the placeholder's is the panel's.
          dir={text ? 'auto' : undefined}
          aria-label={words.value.message}
          aria-describedby={left <= COUNTER_FROM ? 'counter' : undefined}
          aria-invalid={left < 0 ? 'true' : undefined}
          placeholder={placeholder || words.value.placeholder}
          value={text}
          enterkeyhint="send"
          onInput={(event) => draft.write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {isBusy ? (
          <StopButton onStop={() => box.current?.focus()} />
        ) : (
          <button type="button" class="send" aria-label={words.value.send} disabled={!canSend} onClick={submit}>
            <Icon name="send" />
          </button>
        )}
      </div>
      <div class="composer-foot">
        {left > COUNTER_FROM ? (
          <span dir="auto">{texts.note ?? (answersLocally ? words.value.localNote : words.value.aiNote)}</span>
        ) : (
          <span id="counter" class={left < 0 ? 'counter over' : 'counter'}>
            {left < 0 ? words.value.charactersOver(-left) : words.value.charactersLeft(left)}
          </span>
        )}
      </div>
    </div>
  );
}

function StopButton({ onStop }: { onStop: () => void }) {
  const { chat, words } = useWidget();
  const isStopping = chat.activity.value === 'stopping';
  return (
    <button
      type="button"
      class="send stop"
      aria-label={words.value.stop}
      title={isStopping ? words.value.stopping : undefined}
      aria-disabled={isStopping ? 'true' : undefined}
      onClick={() => {
        chat.stop();
        onStop();
      }}
    >
      <span class="stop-square" />
    </button>
  );
}
