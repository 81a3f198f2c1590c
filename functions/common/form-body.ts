import { Busboy } from '@fastify/busboy';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { errorAt, invalidField } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { formTree } from './form-tree.ts';
import type { FormFile, FormValue } from './form-tree.ts';
import { header, mediaType } from './headers.ts';
import { bodyBytes } from './json-body.ts';
import { checkText, decodeUtf8 } from './strict-json.ts';

interface RawPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Parts of a form: 90 accounts named several times, options field by field, and the file. */
const MAX_PARTS = 1_000;
const MAX_PART_HEADERS = 16_384;

/**
 * The fields of a `multipart/form-data` body (RFC 7578) as an object, files as `FormFile`. A blank field reads as one that
 * was left out, since browsers send every field of a form. Throws `unsupported_media_type`, `file_too_large`,
 * `body_too_large`, `validation_failed`.
 */
export async function readForm(event: APIGatewayProxyEvent): Promise<FormValue> {
  const contentType = header(event, 'Content-Type') ?? '';
  if (mediaType(contentType).type !== 'multipart/form-data') {
    throw errorAt('unsupported_media_type', 'Content-Type', 'unsupported', 'Send a form, with Content-Type: multipart/form-data.');
  }
  const parts = await splitParts(contentType, bodyBytes(event));
  const fields: { name: string; value: string | FormFile }[] = [];
  let fieldBytes = 0;
  for (const part of parts) {
    checkText(part.name, 'body');
    if (part.fileName !== undefined) {
      checkText(part.fileName, `${part.name}.fileName`);
      fields.push({ name: part.name, value: { fileName: part.fileName, contentType: part.contentType, bytes: part.bytes } });
      continue;
    }
    fieldBytes += part.name.length + part.bytes.byteLength;
    if (fieldBytes > limits.formFields) {
      throw errorAt('body_too_large', part.name, 'too_large', `The fields of a form, without the file, may have at most ${limits.formFields} bytes.`);
    }
    const text = decodeUtf8(part.bytes, part.name);
    checkText(text, part.name);
    if (text !== '') fields.push({ name: part.name, value: text });
  }
  return formTree(fields);
}

/** Every part is read as bytes: the parser would decode fields leniently. */
async function splitParts(contentType: string, body: Uint8Array): Promise<readonly RawPart[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly RawPart[]>();
  const parts: Promise<RawPart>[] = [];
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: () => true,
      limits: { files: MAX_PARTS, fileSize: limits.formFile, headerSize: MAX_PART_HEADERS },
    });
    // The parser gives undefined for what a part lacks, whatever its types say.
    parser.on('file', (name: string | undefined, stream, fileName: string | undefined, _encoding, type) => {
      parts.push(readPart(name, stream, fileName, type));
    });
    parser.on('filesLimit', () => reject(invalidField('body', 'too_many_parts', `A form may have at most ${MAX_PARTS} parts.`)));
    parser.on('error', (cause) => reject(invalidField('body', 'malformed_form', 'The form is cut off or malformed: send it again, whole.', cause)));
    parser.on('finish', () => resolve(Promise.all(parts)));
    parser.end(body);
  } catch (cause) {
    reject(invalidField('body', 'malformed_form', 'The form has no boundary: let your HTTP library set the Content-Type of forms.', cause));
  }
  try {
    return await promise;
  } catch (error) {
    // Parts that were cut off fail as well; the form's own error says why.
    await Promise.allSettled(parts);
    throw error;
  }
}

async function readPart(
  name: string | undefined,
  stream: AsyncIterable<Uint8Array> & { readonly truncated: boolean },
  fileName: string | undefined,
  contentType: string,
): Promise<RawPart> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  if (name === undefined || name === '') throw invalidField('body', 'malformed_form', 'Each part of a form must have a name.');
  if (stream.truncated) {
    const message =
      `${name} is larger than the ${limits.formFile} bytes that this route takes: ` +
      'stage the file with POST /api/upload/presign-put or POST /api/upload/multipart.';
    throw errorAt('file_too_large', name, 'too_large', message);
  }
  return { name, fileName, contentType, bytes: Buffer.concat(chunks) };
}
