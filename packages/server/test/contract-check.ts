import { channel, type ChannelListener } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createParser } from 'eventsource-parser';
import { streamEventSchemas } from '../src/features/conversations/index.ts';
import type { ApiDocument } from '../src/openapi/build-document.ts';

/** Holds every answer of one server against its own description, for as long as the test server runs (L6). */
export interface ContractCheck {
  /** Every answer so far that the description does not know, one line each. */
  violations: string[];
  stop(): void;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

export function checkContract(document: ApiDocument, port: number): ContractCheck {
  const describedPaths = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }));
  const validators = validatorsOf(document);
  const violations: string[] = [];
  const started = channel('http.server.request.start');
  const listener: ChannelListener = (message) => {
    const { request, response } = message as Exchange;
    if (request.socket.localPort === port) readBody(response, (body) => check(request, response, body));
  };
  started.subscribe(listener);
  return { violations, stop: () => started.unsubscribe(listener) };

  function check(request: IncomingMessage, response: ServerResponse, body: string): void {
    const address = (request.url ?? '').split('?', 1)[0] ?? '';
    const method = request.method === 'HEAD' ? 'get' : (request.method ?? '').toLowerCase();
    const found = describedPaths.find(({ pattern }) => pattern.test(address));
    const problem = describeProblem(found?.path, method, request, response, body);
    if (problem) violations.push(`${request.method} ${address} answered ${response.statusCode}: ${problem}`);
  }

  function describeProblem(
    path: string | undefined,
    method: string,
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): string | null {
    const status = response.statusCode;
    const type = String(response.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
    const isError = status >= 400 && type === 'application/json';
    if (isError && request.method !== 'HEAD') {
      const fault = validators.check('Error', JSON.parse(body));
      if (fault) return fault;
    }
    if (path === undefined) return type === 'application/json' && !isError ? 'the address is not described' : null;
    if (method === 'options' || status === 405) return null;
    const replies = (document.paths[path]?.[method]?.['responses'] ?? {}) as Record<string, { content?: object }>;
    const reply = replies[status];
    if (!reply) return `${method} ${path} does not describe this status`;
    if (request.method === 'HEAD' || isError) return null;
    const described = Object.keys(reply.content ?? {});
    if (described.length > 0 && !described.includes(type)) return `${type} instead of ${described.join(' or ')}`;
    if (type === 'text/event-stream') return checkEvents(body);
    return type === 'application/json' ? validators.check(`${method} ${path} ${status}`, JSON.parse(body)) : null;
  }
}

/** Gathers what is written, and gives it out when the answer is complete. One that was cut is nobody's promise. */
function readBody(response: ServerResponse, take: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  for (const name of ['write', 'end'] as const) {
    const original = response[name].bind(response) as (...parts: unknown[]) => unknown;
    Object.assign(response, {
      [name](...parts: unknown[]) {
        keep(parts[0]);
        return original(...parts);
      },
    });
  }
  response.once('finish', () => take(Buffer.concat(chunks).toString()));
}

function checkEvents(body: string): string | null {
  const problems: string[] = [];
  const parser = createParser({
    onEvent({ event = 'message', data }) {
      if (event === 'message' || event === 'error') return;
      const schema = streamEventSchemas[event as keyof typeof streamEventSchemas];
      const result = schema?.strict().safeParse(JSON.parse(data));
      if (!result?.success) problems.push(`event ${event}: ${result?.error.message ?? 'is not described'}`);
    },
  });
  parser.feed(body);
  return problems[0] ?? null;
}

/** By the text of the description: servers of one process mostly have the same. */
const knownValidators = new Map<string, Validators>();

interface Validators {
  /** @returns what is wrong, or null */
  check(name: string, value: unknown): string | null;
}

function validatorsOf(document: ApiDocument): Validators {
  const text = JSON.stringify(document);
  const validators = knownValidators.get(text) ?? createValidators(document);
  knownValidators.set(text, validators);
  return validators;
}

/** Each schema is compiled when the first answer of its kind comes; to compile all takes longer than most suites need. */
function createValidators(document: ApiDocument): Validators {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  const schemas = new Map<string, object>([['Error', { $ref: '#/components/schemas/Error' }]]);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      for (const [status, reply] of Object.entries(
        responses as Record<string, { content?: Record<string, { schema: object }> }>,
      )) {
        const schema = reply.content?.['application/json']?.schema;
        if (schema && Number(status) < 400) schemas.set(`${method} ${path} ${status}`, schema);
      }
    }
  }
  const compiled = new Map<string, ValidateFunction>();
  const find = (name: string): ValidateFunction | undefined => {
    const schema = schemas.get(name);
    if (schema === undefined) return undefined;
    // With the named schemas beside it, so that references stay inside.
    const validate = compiled.get(name) ?? ajv.compile({ ...schema, components: document.components });
    compiled.set(name, validate);
    return validate;
  };
  return {
    check(name, value) {
      const validate = find(name);
      if (!validate) return 'JSON that is not described';
      return validate(value) ? null : ajv.errorsText(validate.errors);
    },
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
}
