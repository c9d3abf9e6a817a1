import { z } from 'zod';
import { slugSchema } from '../agents/index.ts';
import { sessionTokenSchema } from '../sessions/index.ts';
import { IDENTITY_ALGORITHMS } from './identity-keys.ts';

const said = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .transform((text) => text.replaceAll('\0', ''));

/** What can be known of a visitor. */
export const PROFILE_FIELDS = ['user_id', 'name', 'email', 'phone'] as const;
export type ProfileField = (typeof PROFILE_FIELDS)[number];
export type Profile = Partial<Record<ProfileField, string>>;

export const profileSchema = z.object({
  user_id: said(200).nullish(),
  name: said(200).nullish(),
  email: said(320).nullish(),
  phone: said(40).nullish(),
});

/** `POST A/identify` */
export const identifySchema = profileSchema.extend({
  token: z
    .string()
    .max(8192)
    .nullish()
    .meta({ description: "A JWT that the account's own server has signed. See docs/identity.md." }),
});

export const identifiedSchema = z
  .object({
    verified: z.boolean().meta({ description: 'Whether the account has vouched for the visitor.' }),
    user_id: z.string().nullable().meta({ description: "The account's own name for a verified visitor." }),
    token: sessionTokenSchema.nullable().meta({
      description: 'Takes the place of the session token that the request came with, which is worth nothing now.',
    }),
  })
  .meta({ id: 'Identified' });

export const accountPathSchema = z.object({ account: slugSchema });
export const identityKeyPathSchema = accountPathSchema.extend({ key_id: z.uuid() });

export const createIdentityKeySchema = z.strictObject({
  algorithm: z.enum(IDENTITY_ALGORITHMS).default('HS256'),
  public_key: z
    .string()
    .max(10_000)
    .nullish()
    .meta({ description: 'PEM, for RS256 and ES256. For HS256 the server makes the secret.' }),
});

export const identityKeySchema = z
  .object({
    id: z.uuid(),
    kid: z.string().meta({ description: 'Goes into the header of each proof.' }),
    algorithm: z.enum(IDENTITY_ALGORITHMS),
    created_at: z.iso.datetime(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'IdentityKey' });
