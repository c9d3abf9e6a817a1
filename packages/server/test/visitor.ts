import type { ChatReply, History, StreamEvents } from '@salient/shared-types';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A browser as the server sees it: keeps its cookie, and says which page it is on. */
export interface Visitor {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  chat(agentPath: string, body: Record<string, unknown>): Promise<ChatReply>;
  stream(agentPath: string, body: Record<string, unknown>): Promise<EventSourceMessage[]>;
  history(agentPath: string): Promise<History>;
  cookie(): string | null;
  /** The same browser at another process. */
  at(serverUrl: string): Visitor;
}

export function createVisitor(serverUrl: string, origin = 'https://shop.example'): Visitor {
  return createVisitorWith({ cookie: null }, serverUrl, origin);
}

function createVisitorWith(jar: { cookie: string | null }, serverUrl: string, origin: string): Visitor {
  const visitor: Visitor = {
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('Origin')) headers.set('Origin', origin);
      if (jar.cookie !== null && !headers.has('Cookie')) headers.set('Cookie', jar.cookie);
      const response = await fetch(new URL(path, serverUrl), { ...init, headers });
      const setCookie = response.headers.get('Set-Cookie');
      if (setCookie) jar.cookie = setCookie.split(';', 1)[0] ?? null;
      return response;
    },
    post: (path, body, headers = {}) =>
      visitor.fetch(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async chat(agentPath, body) {
      const response = await visitor.post(`${agentPath}/chat`, body);
      if (!response.ok) throw new Error(`chat answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as ChatReply;
    },
    async stream(agentPath, body) {
      return readEvents(await visitor.post(`${agentPath}/stream`, body));
    },
    async history(agentPath) {
      const response = await visitor.fetch(`${agentPath}/history`);
      return (await response.json()) as History;
    },
    cookie: () => jar.cookie,
    at: (otherUrl) => createVisitorWith(jar, otherUrl, origin),
  };
  return visitor;
}

/** Every event of a stream, in order. */
export async function readEvents(response: Response): Promise<EventSourceMessage[]> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  return events;
}

/** The answer as a reader of the stream puts it together. */
export function joinText(events: readonly EventSourceMessage[]): string {
  return events
    .filter(({ event }) => event === 'message')
    .map(({ data }) => data)
    .join('');
}

/** The data of the first event of that name. */
export function eventData<Name extends Exclude<keyof StreamEvents, 'message'>>(
  events: readonly EventSourceMessage[],
  name: Name,
): StreamEvents[Name] {
  const found = events.find(({ event }) => event === name);
  if (!found) throw new Error(`no ${name} event among ${events.map(({ event }) => event).join(', ')}`);
  return JSON.parse(found.data) as StreamEvents[Name];
}
