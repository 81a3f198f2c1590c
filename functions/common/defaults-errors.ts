import * as z from 'zod';
import type { DefaultsPorts } from '../../core/account-defaults.ts';
import type { Platform } from '../../platforms/platform.ts';
import { fieldErrors } from './field-errors.ts';

/** Holds the defaults of accounts against the schemas of these networks' options. */
export function defaultsErrors(platforms: readonly Platform[]): DefaultsPorts['defaultsErrors'] {
  const schemas = new Map(platforms.map(({ network, optionsSchema }) => [network, z.object({ defaults: optionsSchema })]));
  return (network, defaults) => {
    const schema = schemas.get(network);
    if (schema === undefined) return null;
    const { error } = schema.safeParse({ defaults });
    return error === undefined ? [] : fieldErrors(error.issues, { defaults });
  };
}
