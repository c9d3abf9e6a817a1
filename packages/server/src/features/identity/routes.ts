import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { refuseForgery } from '../../http/origin-guard.ts';
import { validate } from '../../http/validate.ts';
import { agentOf } from '../agents/index.ts';
import { bringKey, recogniseVisitor, requiresIdentity, type VisitorDependencies } from '../sessions/index.ts';
import { identifyPerson } from './identify-person.ts';
import { identifySchema, type Profile, type profileSchema } from './schemas.ts';
import { storeClaims } from './store-claims.ts';
import { verifyProof } from './verify-proof.ts';

export function createIdentityRoutes(visitors: VisitorDependencies) {
  const { database, secret } = visitors;

  /** `POST A/identify` */
  const identify: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const { token, ...said } = validate(identifySchema, req.body, 'body');
    const agent = agentOf(req);
    const ids = { accountId: agent.accountId, agentInstanceId: agent.id };
    if (token === null || token === undefined) {
      if (requiresIdentity(agent)) {
        throw new AppError(
          'UNAUTHENTICATED',
          'This agent wants a proof of identity. Send the token that the site has signed.',
        );
      }
      const visitor = await recogniseVisitor(req, visitors, ids, { remember: true });
      await storeClaims(database, {
        accountId: agent.accountId,
        sessionKey: visitor.sessionKey,
        profile: profileOf(said),
      });
      bringKey(res, visitors, visitor);
      res.set('Cache-Control', 'no-store').json({ verified: false, user_id: visitor.externalId, token: null });
      return;
    }
    const proof = { ...ids, accountSlug: agent.accountSlug, agentSlug: agent.slug, token };
    const person = await verifyProof(database, secret, proof);
    const visitor = await recogniseVisitor(req, visitors, ids, { remember: false });
    const exchanged = await identifyPerson(visitors, visitor, { ...ids, person });
    bringKey(res, visitors, exchanged.key ? { key: exchanged.key, isKeyNew: true, token: null } : visitor);
    res.set('Cache-Control', 'no-store').json({ verified: true, user_id: person.user_id, token: exchanged.token });
  };

  return { identify };
}

function profileOf(said: z.output<typeof profileSchema>): Profile {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== undefined));
}
