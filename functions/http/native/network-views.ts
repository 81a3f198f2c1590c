import * as z from 'zod';
import type { Network } from '../../../core/model.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { shownNetwork } from './schemas/networks.ts';

/** What the API says of each network of this release; `isConfigured`: whether the operator has an app there. */
export function networkViews(platforms: readonly Platform[], isConfigured: (network: Network) => boolean): readonly z.input<typeof shownNetwork>[] {
  return platforms.map(({ network, title, kinds, limits, optionsSchema }) => ({
    network,
    title,
    configured: isConfigured(network),
    kinds: [...kinds],
    limits: limits.map(({ kind, check, limit, unit, only }) => {
      return { rule: `${network}.${kind}.${check}`, kind, limit: typeof limit === 'number' ? limit : [...limit], unit, only };
    }),
    options: optionsJson({ optionsSchema, title }),
  }));
}

/** The JSON Schema (draft 2020-12) of a network's options. Made of the fields: the schema itself has a name in the OpenAPI document, and would be a reference. */
export function optionsJson({ optionsSchema, title }: Pick<Platform, 'optionsSchema' | 'title'>): Readonly<Record<string, unknown>> {
  const nameless = z.strictObject(optionsSchema.shape).describe(optionsSchema.description ?? `Options for ${title}.`);
  return { ...z.toJSONSchema(nameless, { io: 'input', target: 'draft-2020-12' }) };
}
