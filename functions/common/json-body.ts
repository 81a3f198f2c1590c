import type { APIGatewayProxyEvent } from 'aws-lambda';
import { errorAt } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { header, mediaType } from './headers.ts';
import { decodeUtf8, parseStrictJson } from './strict-json.ts';

/** The bytes of a request's body: API Gateway hands over the types that it takes for binary in base64. */
export function bodyBytes(event: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>): Uint8Array {
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
}

/**
 * The JSON body of a request. No body reads as `{}`, so that what is missing is named by its field. Throws
 * `unsupported_media_type`, `body_too_large`, `validation_failed`.
 */
export function readJson(event: APIGatewayProxyEvent): unknown {
  const bytes = bodyBytes(event);
  if (bytes.byteLength === 0) return {};
  const { type, charset } = mediaType(header(event, 'Content-Type'));
  if (type !== 'application/json' || (charset !== null && charset !== 'utf-8')) {
    throw errorAt('unsupported_media_type', 'Content-Type', 'unsupported', 'Send the body as JSON in UTF-8, with Content-Type: application/json.');
  }
  if (bytes.byteLength > limits.jsonBody) {
    throw errorAt('body_too_large', 'body', 'too_large', `A JSON body may have at most ${limits.jsonBody} bytes, this one has ${bytes.byteLength}.`);
  }
  return parseStrictJson(decodeUtf8(bytes, 'body'));
}
