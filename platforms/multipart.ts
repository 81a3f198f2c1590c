import { randomUUID } from 'node:crypto';
import type { ByteStream } from '../core/ports/index.ts';

/** What is said of a file in a form. */
interface FileHead {
  /** Of its field. */
  readonly field: string;
  readonly fileName: string;
  readonly contentType?: string;
}

/** A file in a form. */
export interface FormFile extends FileHead {
  readonly bytes: Uint8Array;
}

/** One that memory does not hold. */
export interface StreamedFile extends FileHead {
  readonly content: ByteStream;
}

/** A form with a file behind its fields (RFC 7578): the file's bytes as they are, where base64 would have them a third larger. */
export function multipartForm(fields: Readonly<Record<string, string>>, { bytes, ...file }: FormFile): { readonly contentType: string; readonly body: Uint8Array } {
  const { contentType, head, tail } = frameOf(fields, file);
  return { contentType, body: Buffer.concat([head, bytes, tail]) };
}

/** The same, read while it is sent. */
export function multipartStream(fields: Readonly<Record<string, string>>, { content, ...file }: StreamedFile): { readonly contentType: string; readonly stream: ByteStream } {
  const { contentType, head, tail } = frameOf(fields, file);
  async function* framed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield head;
    yield* bytes;
    yield tail;
  }
  return { contentType, stream: { length: head.byteLength + content.length + tail.byteLength, open: async () => framed(await content.open()) } };
}

/** What stands around the file. */
function frameOf(fields: Readonly<Record<string, string>>, { field, fileName, contentType = 'application/octet-stream' }: FileHead) {
  const boundary = `form-${randomUUID()}`;
  const texts = Object.entries(fields).map(([name, text]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`);
  const head = `${texts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${fileName}"\r\ncontent-type: ${contentType}\r\n\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, head: Buffer.from(head), tail: Buffer.from(`\r\n--${boundary}--\r\n`) };
}
