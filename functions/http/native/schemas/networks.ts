import * as z from 'zod';
import { units } from '../../../../core/ports/connector.ts';

const kind = z.enum(['video', 'photos', 'text']);

export const shownNetwork = z.strictObject({
  network: z.string(),
  title: z.string(),
  /** Whether the operator has an app there: without one, nothing is published on it. */
  configured: z.boolean(),
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
    }),
  ),
  /** JSON Schema (draft 2020-12) of `options.<network>`. */
  options: z.record(z.string(), z.unknown()),
});

export const networkList = z.strictObject({ items: z.array(shownNetwork) });
