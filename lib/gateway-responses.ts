import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { errorKinds, type ErrorCode } from '../core/errors.ts';
import { cors } from '../functions/http/cors.ts';
import type { Configuration } from './configuration.ts';
import { docsPage } from './names.ts';

interface GatewayError {
  readonly type: ResponseType;
  readonly code: ErrorCode;
  readonly detail: string;
}

/**
 * What API Gateway says by itself, before or instead of a function, in the words of the rest of the API. It has no type of its
 * own for an unknown path: without a method there it misses the authentication that only signed requests have.
 */
const ERRORS: readonly GatewayError[] = [
  ...[ResponseType.MISSING_AUTHENTICATION_TOKEN, ResponseType.INVALID_SIGNATURE, ResponseType.RESOURCE_NOT_FOUND].map(
    (type): GatewayError => ({ type, code: 'not_found', detail: 'There is no such path, or not with this method.' }),
  ),
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    code: 'body_too_large',
    detail: 'A request carries at most 10 MB. Send a file through POST /api/upload/presign-put or /api/upload/multipart.',
  },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, code: 'unsupported_media_type', detail: 'The Content-Type is none that this path takes.' },
  ...[ResponseType.ACCESS_DENIED, ResponseType.WAF_FILTERED].map(
    (type): GatewayError => ({ type, code: 'forbidden', detail: 'The request was refused before it was read.' }),
  ),
  ...[ResponseType.THROTTLED, ResponseType.QUOTA_EXCEEDED].map(
    (type): GatewayError => ({ type, code: 'busy', detail: 'Too many requests at this moment, and nothing was done: try again.' }),
  ),
  ...[ResponseType.INTEGRATION_TIMEOUT, ResponseType.INTEGRATION_FAILURE].map(
    (type): GatewayError => ({ type, code: 'busy', detail: 'There was no answer in time: send the same request again.' }),
  ),
  { type: ResponseType.DEFAULT_4XX, code: 'validation_failed', detail: 'The request cannot be read: check its headers and its path.' },
  {
    type: ResponseType.DEFAULT_5XX,
    code: 'internal',
    detail: 'Something went wrong on our side. Trying again is safe; if it stays so, tell the operator the request id.',
  },
];

/** Makes API Gateway's own errors problems (RFC 9457) that browsers of other origins can read. */
export function addGatewayResponses(api: RestApi, { docsUrl, origins }: Configuration): void {
  for (const { type, code, detail } of ERRORS) {
    const { status, title } = errorKinds[code];
    const problem = { type: docsPage(docsUrl, 'errors', code), title, status, code, detail, requestId: '$context.requestId' };
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        'Cache-Control': "'no-store'",
        'X-Request-Id': 'context.requestId',
        // One value for all: where several origins are configured, these errors, which tell nothing, are for any.
        'Access-Control-Allow-Origin': `'${origins.length === 1 ? origins[0] : '*'}'`,
        'Access-Control-Expose-Headers': `'${cors.exposedHeaders.join(', ')}'`,
        ...(code === 'busy' && { 'Retry-After': "'1'" }),
      },
      // API Gateway looks for this key whatever the content type is called in the end.
      templates: { 'application/json': JSON.stringify(problem) },
    });
  }
}
