import * as z from 'zod';
import { timestamp } from '../../../../core/clock.ts';
import { keyStatuses } from '../../../../core/keys.ts';
import { limits } from '../../../../core/limits.ts';
import { scopes } from '../../../../core/model.ts';
import { text } from '../../../../core/text.ts';
import { timeField } from '../../../../core/uploads/metadata.ts';
import { timestampField } from './common.ts';

const nameField = text(1, limits.keyName).nullable();

export const keyIdParams = z.strictObject({ keyId: z.string() });

export const generateKeyBody = z.strictObject({
  name: nameField.optional(),
  /** Every scope if left out. */
  scopes: z.array(z.enum(scopes)).min(1, 'name at least one scope, or leave scopes out for all').max(scopes.length).optional(),
  /** From when on the key opens nothing any more; null: it has no end. */
  expiresAt: timeField.transform(timestamp).nullish(),
});

export const renameKeyBody = z.strictObject({ name: nameField });

export const rotateKeyBody = z.strictObject({
  /** Seconds for which the old key goes on. */
  overlapSeconds: z.int().min(0).max(limits.keyOverlap).default(limits.keyOverlapDefault),
});

const keyFields = {
  id: z.string(),
  name: z.string().nullable(),
  /** The first characters of the key, to recognise it by. */
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdAt: timestampField,
  expiresAt: timestampField.nullable(),
};

export const generatedKey = z.strictObject({
  ...keyFields,
  /** Shown here once and never again. */
  key: z.string(),
});

export const shownKey = z.strictObject({
  ...keyFields,
  status: z.enum(keyStatuses),
  /** Written at most once an hour. */
  lastUsedAt: timestampField.nullable(),
  revokedAt: timestampField.nullable(),
  /** The id of the key that it was rotated to. */
  replacedBy: z.string().nullable(),
});

export const keyList = z.strictObject({ items: z.array(shownKey) });

export const rotatedKey = z.strictObject({
  ...generatedKey.shape,
  /** The key that it takes the place of, and until when that one goes on. */
  replaces: z.strictObject({ id: z.string(), expiresAt: timestampField }),
});
