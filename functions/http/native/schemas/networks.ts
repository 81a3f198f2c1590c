import * as z from 'zod';
import { units } from '../../../../core/ports/connector.ts';
import { stopReasons } from '../../../../core/ports/stop-store.ts';
import { confidences } from '../../../../platforms/limits.ts';

const kind = z.enum(['video', 'photos', 'text']);

const source = {
  /** Where the number is from. */
  source: z.string(),
  /** How sure it is: of the network's own documents, of clients and vendors, or inferred. */
  confidence: z.enum(confidences),
};

export const shownNetwork = z.strictObject({
  network: z.string(),
  title: z.string(),
  /** Whether the operator has an app there: without one, nothing is published on it. */
  configured: z.boolean(),
  /** Whether deliveries go out to it now. */
  availability: z.strictObject({
    state: z.enum(['ok', 'limited', 'down']),
    until: z.iso.datetime().nullable(),
    reason: z.enum(stopReasons).nullable(),
  }),
  kinds: z.array(kind),
  limits: z.array(
    z.strictObject({
      rule: z.string(),
      kind,
      /** The most or the least, as the rule says; or what may be. */
      limit: z.union([z.number(), z.array(z.string())]),
      unit: z.enum(units).nullable(),
      /** Which uploads it is for; null: all of the kind. */
      only: z.string().nullable(),
      ...source,
    }),
  ),
  /** How often may be posted: no rules, since the network has the last word. */
  caps: z.array(
    z.strictObject({
      cap: z.string(),
      limit: z.number(),
      unit: z.enum(['items', 'bytes', 'points']),
      /** The time in which it is counted. */
      seconds: z.number(),
      /** Whether each account has one, or the operator's app one for all. */
      of: z.enum(['account', 'app']),
      /** Whether the network is asked before each post what is left. */
      asked: z.boolean(),
      ...source,
    }),
  ),
  /** JSON Schema (draft 2020-12) of `options.<network>`. */
  options: z.record(z.string(), z.unknown()),
});

export const networkList = z.strictObject({ items: z.array(shownNetwork) });
