import type { ErrorCode } from './errors.ts';
import type { Usage } from './usage.ts';

/** Where a passage of an answer comes from. `index` is the number shown in the text, from 1. */
export interface Citation {
  index: number;
  /** Title of the document, for people. */
  title: string;
  /** Heading of the passage inside the document, when it has one. */
  section: string | null;
  /** The passage as quoted. Plain text. */
  quote: string;
  /** Where the document can be read, when it has an address. http(s) only. */
  url: string | null;
}

export type MessageStatus = 'pending' | 'complete' | 'partial' | 'error';
export type FinishReason = 'stop' | 'length' | 'stopped' | 'error';

export interface MessageMetadata {
  /** On assistant messages: why the answer ended. */
  finish_reason?: FinishReason;
  citations?: Citation[];
  /** On assistant messages with status `error`: the code that the reader of the stream was sent. */
  error_code?: ErrorCode;
}

/** One stored message, as `history` and `chat` return it. */
export interface Message {
  id: string;
  role: 'user' | 'assistant' | 'system';
  /** Exactly what was said: visitor text as sent, answers as Markdown. Data, never markup. */
  content: string;
  status: MessageStatus;
  /** UTC, ISO 8601. */
  created_at: string;
  metadata: MessageMetadata;
  feedback?: { rating: 'up' | 'down'; comment?: string };
}

/** Body of `POST A/chat` and `POST A/stream`. */
export interface SendMessageBody {
  /** 1 to 2,000 characters after trimming. */
  message: string;
  /** Chosen by the client, unique per session: sending it again joins the turn instead of asking twice. */
  client_message_id?: string | undefined;
  /** Id of the session's last user message, whose turn is asked again. */
  replaces?: string | undefined;
  /** Page data the visitor agreed to share. At most 2 KB of JSON. */
  context?: Record<string, unknown> | undefined;
  /** The text that the visitor has agreed to, as shown. Kept with the session, once, with the time. */
  consent?: string | undefined;
}

/** Answer of `POST A/chat`. */
export interface ChatReply {
  session_id: string;
  message: Message;
  user_message: Message;
  usage: Usage | null;
}

/** Answer of `GET A/history`: oldest first. Pass `next_cursor` as `before` for the page before this one. */
export interface History {
  session_id: string | null;
  messages: Message[];
  /** The answer under way, to be joined with `GET A/stream?turn=`. */
  active_turn: { id: string } | null;
  next_cursor: string | null;
}
