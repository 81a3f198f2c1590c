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
  const [, quoted, plain] = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/iu.exec(call.headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  const body = Buffer.from(call.body.buffer, call.body.byteOffset, call.body.byteLength);
  if (boundary === undefined || body.indexOf(`--${boundary}\r\n`) !== 0) return null;
  const parts: FormPart[] = [];
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

function readPart(bytes: Buffer): FormPart | null {
  const split = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('utf8', 0, Math.max(0, split));
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/imu.exec(head)?.[1];
  const name = parameter(disposition, 'name');
  return split === -1 || name === null ? null : { name, fileName: parameter(disposition, 'filename'), bytes: bytes.subarray(split + 4) };
}

function parameter(disposition = '', name: string): string | null {
  const [, quoted, plain] = new RegExp(`(?:^|[;\\s])${name}=(?:"([^"]*)"|([^\\s;"]+))`, 'iu').exec(disposition) ?? [];
  return quoted ?? plain ?? null;
}
