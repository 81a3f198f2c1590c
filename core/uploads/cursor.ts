import { createHash } from 'node:crypto';
import * as z from 'zod';
import { invalidField } from '../errors.ts';
import type { UploadPlace } from '../ports/store.ts';
import { uploadIdField } from './read.ts';

/**
 * The cursor of a list: the place in the order after which the next page begins, and of which list. It is opaque to clients
 * (base64url of JSON) and no secret: a forged one is a place in the caller's own list, whatever it says.
 */
const VERSION = 1;
/** 96 bits tell lists apart; nothing rests on their being hard to forge. */
const FINGERPRINT_CHARACTERS = 16;

const content = z.strictObject({
  v: z.literal(VERSION),
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
  id: uploadIdField,
  of: z.string(),
});

/** The cursor of the page that begins after a place. `list` is all that says which list it is: tenant and filters. */
export function cursorAt(place: UploadPlace, list: object): string {
  const inner: z.input<typeof content> = { v: VERSION, at: place.createdAt, id: place.uploadId, of: fingerprint(list) };
  return Buffer.from(JSON.stringify(inner)).toString('base64url');
}

/** The place that a cursor names. Throws `validation_failed` if it is none of ours, or is of another list. */
export function placeAt(cursor: string, list: object): UploadPlace {
  const { success, data } = content.safeParse(jsonIn(cursor));
  if (!success) {
    throw invalidField('cursor', 'invalid_cursor', 'cursor is none that a list has given: send "nextCursor" as it came, or leave it out to begin anew.');
  }
  if (data.of !== fingerprint(list)) {
    throw invalidField('cursor', 'other_list', 'cursor belongs to a list with other filters: send the filters that it came with, or leave it out to begin anew.');
  }
  return { createdAt: data.at, uploadId: data.id };
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fingerprint(list: object): string {
  const members = Object.entries(list).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url').slice(0, FINGERPRINT_CHARACTERS);
}
