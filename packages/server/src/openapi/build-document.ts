import { ERROR_STATUS, type ErrorCode } from '@salient/shared-types';
import { z } from 'zod';
import { ROLE_MATRIX, type Permission } from '../access/roles.ts';
import { API_TAGS, type Operation, type Reply } from './operation.ts';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document, as JSON. */
export interface ApiDocument {
  openapi: '3.1.1';
  info: Json;
  tags: Json[];
  paths: Record<string, Record<string, Json>>;
  components: Json;
}

/** What any operation can answer with. */
const ALWAYS: readonly ErrorCode[] = ['VALIDATION_ERROR', 'NOT_READY', 'INTERNAL_ERROR'];
/** What any operation that changes something can answer with. */
const CHANGING: readonly ErrorCode[] = ['FORBIDDEN', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
/** What any operation of one agent can answer with. */
const IN_AGENT: readonly ErrorCode[] = [
  'ACCOUNT_NOT_FOUND',
  'AGENT_NOT_FOUND',
  'AGENT_MISCONFIGURED',
  'ORIGIN_NOT_ALLOWED',
];

/** What any operation inside an account can answer a person with. */
const IN_ACCOUNT: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'ACCOUNT_NOT_FOUND'];

const errorBodySchema = z.object({
  error: z.string().meta({ description: 'The same for every error of a code.' }),
  detail: z.string().meta({ description: 'One sentence a person can act on. Safe to show.' }),
  code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode]),
  request_id: z.uuid(),
});

/** Describes operations in OpenAPI. Schemas come from the ones that check the requests, and from the replies' types. */
export function buildDocument(operations: readonly Operation[], version: string): ApiDocument {
  const paths: ApiDocument['paths'] = {};
  const schemas: Record<string, Json> = { Error: toJsonSchema(errorBodySchema, 'output') };
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method] = hoistNamed(describeOperation(operation), schemas);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Salient',
      version,
      description: 'AI chat for many accounts. Every error has the same body, and every answer carries `X-Request-ID`.',
    },
    tags: Object.entries(API_TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        visitor_cookie: { type: 'apiKey', in: 'cookie', name: 'salient_session' },
        visitor_token: { type: 'http', scheme: 'bearer' },
        login_cookie: { type: 'apiKey', in: 'cookie', name: 'salient_login' },
      },
    },
  };
}

function describeOperation(operation: Operation): Json {
  const { method, path, tag, summary, parameters = {}, body, replies, permission, errors = [] } = operation;
  const inAgent = /\{agent\}/.test(path) && !permission ? IN_AGENT : [];
  const inAccount = permission ? IN_ACCOUNT : [];
  const limited: readonly ErrorCode[] = operation.unlimited ? [] : ['RATE_LIMIT_EXCEEDED'];
  const changing = method === 'get' ? [] : CHANGING;
  const codes = [...new Set([...ALWAYS, ...limited, ...changing, ...inAgent, ...inAccount, ...errors])];
  const description = [operation.description, permission && describePermission(permission)].filter(Boolean).join(' ');
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(permission && { 'x-permission': permission, security: [{ login_cookie: [] }] }),
    parameters: [
      ...describeParameters('path', parameters.path),
      ...describeParameters('query', parameters.query),
      ...describeParameters('header', parameters.header),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(body, 'input') } } },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(replies).map(([status, reply]) => [status, describeReply(reply)])),
      ...describeErrors(codes),
    },
  };
}

function describePermission(permission: Permission): string {
  return `Needs \`${permission}\`: ${ROLE_MATRIX[permission].join(', ')}.`;
}

function describeParameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType;
    const required = place === 'path' || !type.safeParse(undefined).success;
    return { name, in: place, required, schema: toJsonSchema(type, 'input') };
  });
}

function describeReply(reply: Reply): Json {
  if (reply === null) return { description: 'Nothing to send.' };
  if (reply === 'stream')
    return { description: 'The events.', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  if ('contentType' in reply)
    return { description: 'As named.', content: { [reply.contentType]: { schema: { type: 'string' } } } };
  return { description: 'As asked.', content: { 'application/json': { schema: toJsonSchema(reply, 'output') } } };
}

/** Codes that share a status are one entry, for OpenAPI lists answers by status. */
function describeErrors(codes: readonly ErrorCode[]): Json {
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of codes) (byStatus[ERROR_STATUS[code]] ??= []).push(code);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, sharing]) => [
      status,
      {
        description: sharing.map((code) => `\`${code}\``).join(' or '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

/** `input`: what may be sent, before defaults. `output`: what is answered, without any other field. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

/** Moves schemas that have a name (zod puts them into `$defs`) to where the whole document can refer to them. */
function hoistNamed(json: Json, schemas: Record<string, Json>): Json {
  const text = JSON.stringify(json, (key, value: unknown) => {
    if (key !== '$defs') return value;
    for (const [name, schema] of Object.entries(value as Record<string, Json>)) {
      const { id: _, ...named } = schema;
      schemas[name] = hoistNamed(named, schemas);
    }
    return undefined;
  });
  return JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/')) as Json;
}

/** `post /accounts/{account}/chat` is `post_accounts_account_chat`. */
function operationId(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^a-z0-9]+/gi, '_').replace(/_$/, '')}`;
}
