import { Confirmation } from './confirmation.tsx';
import { useWidget } from '../widget-context.ts';

/** The site's own condition, shown over the first message until the visitor agrees or takes the message back. */
export function ConsentQuestion() {
  const { chat, config, draft, words } = useWidget();
  const { consent } = config.value;
  if (chat.heldForConsent.value === null || !consent) return null;
  const detail = (
    <>
      {consent.text}{' '}
      {consent.link && (
        <a href={consent.link} target="_blank" rel="noopener noreferrer nofollow">
          {words.value.consentLink}
        </a>
      )}
    </>
  );
  return (
    <Confirmation
      question={words.value.consent}
      detail={detail}
      confirmLabel={words.value.consentAgree}
      onConfirm={() => chat.agree()}
      onCancel={() => draft.write(chat.disagree())}
    />
  );
}
