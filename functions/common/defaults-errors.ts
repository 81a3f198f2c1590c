import * as z from 'zod';
import type { DefaultsPorts } from '../../core/account-defaults.ts';
import type { FieldError } from '../../core/errors.ts';
import type { Platform } from '../../platforms/platform.ts';
import { fieldErrors } from './field-errors.ts';

/** Holds the defaults of accounts against the schemas of these networks' options, and against what each post has of its own. */
export function defaultsErrors(platforms: readonly Platform[]): DefaultsPorts['defaultsErrors'] {
  const known = new Map(platforms.map((platform) => [platform.network, { ...platform, schema: z.object({ defaults: platform.optionsSchema }) }]));
  return (network, defaults) => {
    const platform = known.get(network);
    if (platform === undefined) return null;
    const { error } = platform.schema.safeParse({ defaults });
    const wrong = error === undefined ? [] : fieldErrors(error.issues, { defaults });
    return [...wrong, ...(platform.perPostOptions ?? []).filter((option) => defaults[option] !== undefined).map(perPost), ...filesIn(platform, defaults)];
  };
}

/** A stored file is kept for some weeks, and defaults have no end: so they name none. */
function filesIn(platform: Platform, defaults: Readonly<Record<string, unknown>>): readonly FieldError[] {
  const message = 'names a stored file, which is kept for some weeks only: name it with the upload, not in a default of the account.';
  return (platform.attachments?.(defaults) ?? []).map(({ path }) => ({ field: `defaults.${path}`, code: 'per_post', message }));
}

function perPost(option: string): FieldError {
  return { field: `defaults.${option}`, code: 'per_post', message: `Each post has its own ${option}: give it with the upload, not as a default of the account.` };
}
