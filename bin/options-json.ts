import * as z from 'zod';
import type { Platform } from '../platforms/platform.ts';

/** The JSON Schema (draft 2020-12) of a network's options. Made of the fields: the schema itself has a name in the OpenAPI document, and would be a reference. */
export function optionsJson({ optionsSchema, title }: Pick<Platform, 'optionsSchema' | 'title'>): Readonly<Record<string, unknown>> {
  const nameless = z.strictObject(optionsSchema.shape).describe(optionsSchema.description ?? `Options for ${title}.`);
  return { ...z.toJSONSchema(nameless, { io: 'input', target: 'draft-2020-12' }) };
}

/** The same of each network: the build puts it beside the function that shows it, since bundles cannot make JSON Schemas. */
export function optionsJsonByNetwork(platforms: readonly Platform[]): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(platforms.map((platform) => [platform.network, optionsJson(platform)]));
}
