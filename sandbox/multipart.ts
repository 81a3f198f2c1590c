import type { Call } from './stand-in.ts';

/** A part of a form. */
export interface FormPart {
  readonly name: string;
  /** Null: a field, no file. */
  readonly fileName: string | null;
  readonly bytes: Buffer;
}

/** The parts of a `multipart/form-data` body (RFC 7578), in order; null if it is none, or is broken. */
export function multipartParts(call: Call): readonly FormPart[] | null {
  const parts = partsOf(call, 'form-data')?.map(formPart) ?? null;
  return parts === null || parts.some((part) => part === null) ? null : parts.filter((part) => part !== null);
}

/** A part of a body that is made of several files. */
export interface RelatedPart {
  /** In lower case; empty: it says none. */
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The parts of a `multipart/related` body (RFC 2387), in order; null if it is none, or is broken. */
export function relatedParts(call: Call): readonly RelatedPart[] | null {
  return partsOf(call, 'related')?.map(({ head, bytes }) => ({ contentType: /^content-type:\s*(.*)$/imu.exec(head)?.[1]?.trim().toLowerCase() ?? '', bytes })) ?? null;
}

interface Part {
  readonly head: string;
  readonly bytes: Buffer;
}

function partsOf(call: Call, subtype: string): readonly Part[] | null {
  const form = new RegExp(`^multipart/${subtype}\\s*;.*\\bboundary=(?:"([^"]{1,70})"|([^\\s;"]{1,70}))`, 'iu');
  const [, quoted, plain] = form.exec(call.headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  const body = Buffer.from(call.body.buffer, call.body.byteOffset, call.body.byteLength);
  if (boundary === undefined || body.indexOf(`--${boundary}\r\n`) !== 0) return null;
  const parts: Part[] = [];
  const delimiter = `\r\n--${boundary}`;
  let at = boundary.length + 4;
  for (;;) {
    const end = body.indexOf(delimiter, at - 2);
    const part = end === -1 ? null : readPart(body.subarray(at, end));
    if (part === null) return null;
    parts.push(part);
    at = end + delimiter.length + 2;
    const next = body.toString('latin1', at - 2, at);
    if (next === '--') return parts;
    if (next !== '\r\n') return null;
  }
}

function readPart(bytes: Buffer): Part | null {
  const split = bytes.indexOf('\r\n\r\n');
  return split === -1 ? null : { head: bytes.toString('utf8', 0, split), bytes: bytes.subarray(split + 4) };
}

function formPart({ head, bytes }: Part): FormPart | null {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/imu.exec(head)?.[1];
  const name = parameter(disposition, 'name');
  return name === null ? null : { name, fileName: parameter(disposition, 'filename'), bytes };
}

function parameter(disposition = '', name: string): string | null {
  const [, quoted, plain] = new RegExp(`(?:^|[;\\s])${name}=(?:"([^"]*)"|([^\\s;"]+))`, 'iu').exec(disposition) ?? [];
  return quoted ?? plain ?? null;
}
