export { clearExpiredSignIns } from './clear-expired-sign-ins.ts';
export { ownPagesOnly } from './auth-routes.ts';
export { createPeople, type People } from './create-people.ts';
export type { EnterAccount } from './enter-account.ts';
export { inviteOwner, newPasswordLink } from './operator.ts';
export { peopleOperations } from './operations.ts';
export { servePeoplePage } from './serve-people-page.ts';
