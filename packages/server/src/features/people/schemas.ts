import { z } from 'zod';
import { ROLES } from '../../access/roles.ts';
import { slugSchema } from '../agents/index.ts';

/** What a person is found by: in lower case, and no more of a pattern than mail itself asks for. */
export const emailSchema = z
  .string()
  .max(254, 'must be at most 254 characters')
  .transform((text) => text.trim().normalize('NFC').toLowerCase())
  .refine(
    (text) => /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/.test(text),
    'must be an e-mail address',
  );

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 200;

/** By length and nothing else (NIST SP 800-63B): what it is made of is the person's own business. */
const passwordSchema = z
  .string()
  .refine((text) => Array.from(text).length >= PASSWORD_MIN, `must be at least ${PASSWORD_MIN} characters`)
  .refine((text) => Array.from(text).length <= PASSWORD_MAX, `must be at most ${PASSWORD_MAX} characters`);

/** One that is compared and not set: of any length that could have been. */
const givenPasswordSchema = z
  .string()
  .min(1)
  .max(PASSWORD_MAX * 2);

const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  // Names stand in mails and lists of people.
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'must not hold control characters');

const tokenSchema = z.string().min(1).max(100);

export const registerBodySchema = z.strictObject({
  email: emailSchema,
  password: passwordSchema,
  name: nameSchema.optional(),
});

export const loginBodySchema = z.strictObject({ email: emailSchema, password: givenPasswordSchema });

export const emailBodySchema = z.strictObject({ email: emailSchema });

export const verifyBodySchema = z.strictObject({ token: tokenSchema, password: givenPasswordSchema });

export const resetBodySchema = z.strictObject({ token: tokenSchema, password: passwordSchema });

export const changePasswordBodySchema = z.strictObject({
  current_password: givenPasswordSchema,
  new_password: passwordSchema,
});

export const deletePersonBodySchema = z.strictObject({ password: givenPasswordSchema });

/** Lower case only: two accounts must not look alike. */
export const createAccountBodySchema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9][a-z0-9_-]{2,63}$/, 'must be 3 to 64 lower-case letters, digits, - or _'),
  name: nameSchema,
});

export const renameBodySchema = z.strictObject({ name: nameSchema });

export const roleBodySchema = z.strictObject({ role: z.enum(ROLES) });

export const inviteBodySchema = z.strictObject({ email: emailSchema, role: z.enum(ROLES) });

/** Password and name of who has no sign-in yet. */
export const acceptBodySchema = z.strictObject({
  token: tokenSchema,
  password: passwordSchema.optional(),
  name: nameSchema.optional(),
});

export const accountPathSchema = z.object({ account: slugSchema });
export const memberPathSchema = z.object({ account: slugSchema, user_id: z.uuid() });
export const invitePathSchema = z.object({ account: slugSchema, invite_id: z.uuid() });
export const sessionPathSchema = z.object({ session_id: z.uuid() });
