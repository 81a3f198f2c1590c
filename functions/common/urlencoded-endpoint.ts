import type { APIGatewayProxyEvent } from 'aws-lambda';
import { errorAt, invalidField } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { Route } from '../http/route.ts';
import { tie, type Endpoint, type Serving } from './endpoint.ts';
import { parseBy } from './field-errors.ts';
import { header, mediaType } from './headers.ts';
import { bodyBytes } from './json-body.ts';
import { checkText, decodeUtf8 } from './strict-json.ts';

type UrlencodedRoute = Route & { readonly body: { readonly type: 'urlencoded' } };

/** Ties a function to its route, which takes what a form of a page sends. */
export function urlencodedEndpoint<R extends UrlencodedRoute, Ports, Found = null>(route: R, serving: Serving<R, Ports, Found>): Endpoint<Ports> {
  return tie(route, async (event) => parseBy(route.body.schema, readUrlencoded(event)), serving);
}

/**
 * The fields of an `application/x-www-form-urlencoded` body in UTF-8, each given once. Throws `unsupported_media_type`,
 * `body_too_large`, `validation_failed`; none of them repeats a value.
 */
export function readUrlencoded(event: APIGatewayProxyEvent): Readonly<Record<string, string>> {
  if (mediaType(header(event, 'Content-Type')).type !== 'application/x-www-form-urlencoded') {
    throw errorAt('unsupported_media_type', 'Content-Type', 'unsupported', 'Send a form, with Content-Type: application/x-www-form-urlencoded.');
  }
  const bytes = bodyBytes(event);
  if (bytes.byteLength > limits.linkForm) {
    throw errorAt('body_too_large', 'body', 'too_large', `A form may have at most ${limits.linkForm} bytes, this one has ${bytes.byteLength}.`);
  }
  const pairs = decodeUtf8(bytes, 'body').split('&').filter((pair) => pair !== '');
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const [name = '', ...rest] = pair.split('=');
    const field = decoded(name);
    if (fields.has(field)) throw invalidField('body', 'repeated', 'Each field of a form may be given once only.');
    fields.set(field, decoded(rest.join('=')));
  }
  const given = Object.fromEntries(fields);
  checkText(given, '');
  return given;
}

/** Lenient decoders put replacement characters where a byte is wrong: a password would be another one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    if (cause instanceof URIError) throw invalidField('body', 'malformed_form', 'The form is malformed: send it again, whole.');
    throw cause;
  }
}
