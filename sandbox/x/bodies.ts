import * as z from 'zod';
import { mediaType } from '../http.ts';
import { multipartParts } from '../multipart.ts';
import type { Call } from '../stand-in.ts';
import { invalid } from './errors.ts';

/** The JSON body of a call, as strict as the schema; X refuses fields that it does not know. */
export function parseBody<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  if (mediaType(call) !== 'application/json') throw invalid('Content-Type is application/json.');
  return checked(schema, parseJson(call));
}

/** The fields and the file `media` of a call, as a multipart form or as JSON with base64: X takes both. */
export function parseForm<Shape extends z.ZodRawShape>(call: Call, shape: Shape): { fields: z.output<z.ZodObject<Shape>>; file: Uint8Array } {
  const given = mediaType(call) === 'multipart/form-data' ? parseMultipart(call) : fromJson(call);
  const schema: z.ZodObject<Shape> = z.strictObject(shape);
  return { fields: checked(schema, given.fields), file: given.file };
}

interface Given {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly file: Uint8Array;
}

function parseMultipart(call: Call): Given {
  const parts = multipartParts(call);
  const [file, ...others] = parts?.filter(({ name }) => name === 'media') ?? [];
  const texts = parts?.filter(({ name, fileName }) => name !== 'media' && fileName === null) ?? [];
  const fields = Object.fromEntries(texts.map(({ name, bytes }) => [name, bytes.toString('utf8')]));
  if (file === undefined || others.length > 0 || Object.keys(fields).length + 1 !== parts?.length) throw invalid('The body is no form with one file media and fields of text, each once.');
  return { fields, file: file.bytes };
}

function fromJson(call: Call): Given {
  if (mediaType(call) !== 'application/json') throw invalid('Content-Type is multipart/form-data or application/json.');
  const { media, ...fields } = checked(z.looseObject({ media: z.base64() }), parseJson(call));
  return { fields, file: Buffer.from(media, 'base64') };
}

function parseJson(call: Call): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch (error) {
    throw invalid(`The body is not JSON: ${String(error)}`);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalid(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}
