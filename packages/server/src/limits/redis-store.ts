import type { RedisClient } from '../redis.ts';
import type { LimitStore } from './limit-store.ts';

/** A Redis that takes longer is no help to a turn: it is counted in the database then. */
const COMMAND_MS = 500;
const PREFIX = 'salient:limit:';

/** Counts in Redis, by its clock. One script is one step. */
export function createRedisStore(client: RedisClient): LimitStore {
  const runScript = (script: string, keys: string[], values: number[]): Promise<unknown> =>
    within(COMMAND_MS, client.eval(script, { keys: keys.map((key) => PREFIX + key), arguments: values.map(String) }));

  return {
    async take(claims) {
      const values = claims.flatMap(({ takesUs, windowUs }) => [takesUs, windowUs]);
      const keys = claims.map(({ key }) => key);
      const [allowed, ...fullInUs] = (await runScript(TAKE, keys, values)) as number[];
      return { allowed: allowed === 1, fullInUs };
    },
    async correct(corrections) {
      const keys = corrections.map(({ key }) => key);
      await runScript(
        CORRECT,
        keys,
        corrections.map(({ byUs }) => byUs),
      );
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function full_in(key)
  return math.max(0, tonumber(redis.call('GET', key) or '0') - now)
end
local function set(key, full_in_us)
  redis.call('SET', key, string.format('%.0f', now + full_in_us), 'PX', math.ceil(full_in_us / 1000) + 1)
end`;

/** Two values a key: takesUs, windowUs. */
const TAKE = `${CLOCK}
local answer = {1}
for index, key in ipairs(KEYS) do
  answer[index + 1] = full_in(key)
  if answer[index + 1] + ARGV[2 * index - 1] > tonumber(ARGV[2 * index]) then answer[1] = 0 end
end
if answer[1] == 1 then
  for index, key in ipairs(KEYS) do
    answer[index + 1] = answer[index + 1] + ARGV[2 * index - 1]
    set(key, answer[index + 1])
  end
end
return answer`;

/** One value a key: byUs. */
const CORRECT = `${CLOCK}
for index, key in ipairs(KEYS) do
  local corrected = full_in(key) + ARGV[index]
  if corrected > 0 then set(key, corrected) else redis.call('DEL', key) end
end`;
