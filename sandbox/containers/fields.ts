import type * as z from 'zod';
import { badParameter, refuse } from '../graph.ts';

/** The forms of a container's fields. */

/** A URL from which the network could fetch; null: the field is not there. That it is one is seen at once; whether anything is there, only later. */
export function parseUrl(fields: URLSearchParams, name: string): string | null {
  const url = fields.get(name);
  if (url === null) return null;
  // The real networks ask for https; here the media may lie on this machine.
  if (!/^https?:\/\/[\u0021-\u007e]+$/.test(url) || !URL.canParse(url)) {
    throw refuse({ code: 9004, subcode: 2207052, message: `The media of ${name} cannot be fetched from this URI.` });
  }
  return url;
}

export function checkForm(fields: URLSearchParams, name: string, form: RegExp): void {
  const value = fields.get(name);
  if (value !== null && !form.test(value)) throw badParameter(name, 'of the wrong form');
}

export function checkJson(fields: URLSearchParams, name: string, schema: z.ZodType): void {
  const text = fields.get(name);
  if (text === null) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badParameter(name, `not JSON (${String(error)})`);
  }
  if (!schema.safeParse(value).success) throw badParameter(name, 'of the wrong form');
}

/** No other fields but these are taken together with this kind of container. */
export function onlyWith(fields: URLSearchParams, kind: string, names: readonly string[]): void {
  const other = [...fields.keys()].find((name) => name !== 'access_token' && !names.includes(name));
  if (other !== undefined) throw badParameter(other, `not taken for ${kind}`);
}

/** The ids of a carousel's containers. */
export function parseChildren(fields: URLSearchParams): readonly string[] {
  const children = fields.get('children');
  if (children === null) throw badParameter('children', 'required');
  return children.split(',');
}
