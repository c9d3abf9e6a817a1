export { createKey } from './create-key.ts';
export { createKeyDoors, keyOf, type EnterWithKey, type KeyDoors } from './enter-with-key.ts';
export type { KeyHolder } from './find-key.ts';
export { listKeys } from './list-keys.ts';
export { keyOperations } from './operations.ts';
export { revokeKey } from './revoke-key.ts';
export { createKeyRoutes } from './routes.ts';
export { createKeySchema } from './schemas.ts';
