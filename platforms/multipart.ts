import { randomUUID } from 'node:crypto';

/** A file in a form. */
export interface FormFile {
  /** Of its field. */
  readonly field: string;
  readonly fileName: string;
  readonly contentType?: string;
  readonly bytes: Uint8Array;
}

/** A form with a file behind its fields (RFC 7578): the file's bytes as they are, where base64 would have them a third larger. */
export function multipartForm(fields: Readonly<Record<string, string>>, { field, fileName, contentType = 'application/octet-stream', bytes }: FormFile): { readonly contentType: string; readonly body: Uint8Array } {
  const boundary = `form-${randomUUID()}`;
  const texts = Object.entries(fields).map(([name, text]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`);
  const head = `${texts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${fileName}"\r\ncontent-type: ${contentType}\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
