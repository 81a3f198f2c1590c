import { formFields, mediaType, oddParameter } from '../http.ts';
import type { Refusal } from '../refusal.ts';
import type { App, Call } from '../stand-in.ts';

/** Says no in a network's words: `error` is one of RFC 6749 section 5.2. */
export type RefuseToken = (status: number, error: string, description: string) => Refusal;

export interface TokenRequestRules {
  readonly app: App;
  readonly client: 'basic' | 'form';
  /** Whether the id and the secret are form-encoded within HTTP Basic, as RFC 6749 section 2.3.1 has it; no if left out. */
  readonly encodesBasic?: boolean;
  /** The field with the id; `client_id` if left out. With Basic none is taken unless it is named, and then it may be missing. */
  readonly idField?: 'client_id' | 'client_key';
  readonly refuse: RefuseToken;
  /** The fields of each grant type, beside it and those that say who the app is. Those with a `?` at the end may be missing. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
  /** The error for an app that is not known; `invalid_client` if left out. */
  readonly invalidClient?: string;
}

/** The form of a call of a token endpoint, from the app that is registered, with what its grant type takes and nothing else. */
export function readTokenRequest(call: Call, rules: TokenRequestRules): URLSearchParams {
  const { refuse, grants } = rules;
  const form = readForm(call, rules);
  const grantType = form.get('grant_type');
  if (grantType === null) throw refuse(400, 'invalid_request', 'grant_type is missing.');
  const fields = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined;
  if (fields === undefined) throw refuse(400, 'unsupported_grant_type', `Not known: ${grantType}`);
  checkFields(form, ['grant_type', ...fields], rules);
  checkClient(call, form, rules);
  return form;
}

/** The form of another call of an app, such as that of a revocation. */
export function readAppForm(call: Call, fields: readonly string[], rules: Omit<TokenRequestRules, 'grants'>): URLSearchParams {
  const form = readForm(call, rules);
  checkFields(form, fields, rules);
  checkClient(call, form, rules);
  return form;
}

function readForm(call: Call, { refuse }: Pick<TokenRequestRules, 'refuse'>): URLSearchParams {
  if (call.query.size > 0) throw refuse(400, 'invalid_request', 'Parameters belong into the body.');
  if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuse(400, 'invalid_request', 'A form is expected.');
  return formFields(call);
}

function checkFields(form: URLSearchParams, fields: readonly string[], { refuse, client, idField }: Omit<TokenRequestRules, 'grants'>): void {
  const ofApp = client === 'basic' ? [idField ?? []].flat() : [idField ?? 'client_id', 'client_secret'];
  const odd = oddParameter(form, [...fields.map((name) => name.replace('?', '')), ...ofApp]);
  if (odd !== null) throw refuse(400, 'invalid_request', `${odd.name} is ${odd.problem}.`);
  const missing = fields.find((name) => !name.endsWith('?') && (form.get(name) ?? '') === '');
  if (missing !== undefined) throw refuse(400, 'invalid_request', `${missing} is missing.`);
}

function checkClient(call: Call, form: URLSearchParams, { app, client, refuse, idField = 'client_id', encodesBasic = false, invalidClient = 'invalid_client' }: Omit<TokenRequestRules, 'grants'>): void {
  if (client === 'form') {
    if (form.get(idField) !== app.clientId) throw refuse(401, invalidClient, 'The client is not known.');
    if (form.get('client_secret') !== app.clientSecret) throw refuse(401, invalidClient, 'The client secret is wrong.');
    return;
  }
  const [id, secret] = basicOf(call, encodesBasic);
  if (id !== app.clientId || secret !== app.clientSecret || (form.get(idField) ?? app.clientId) !== app.clientId) {
    throw refuse(401, invalidClient, 'Missing valid authorization header');
  }
}

/** Id and secret of an `Authorization: Basic` header; nothing where there is none, or its escapes are none. */
function basicOf(call: Call, isEncoded: boolean): readonly string[] {
  const [, text = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/u.exec(call.headers['authorization'] ?? '') ?? [];
  const [, ...parts] = /^([^:]*):(.*)$/su.exec(Buffer.from(text, 'base64').toString('utf8')) ?? [];
  if (!isEncoded) return parts;
  try {
    return parts.map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  } catch (error) {
    if (error instanceof URIError) return [];
    throw error;
  }
}

/** The name of a call of a token endpoint in the log. */
export function tokenOperation(call: Call): 'token.exchange' | 'token.refresh' {
  return formFields(call).get('grant_type') === 'authorization_code' ? 'token.exchange' : 'token.refresh';
}
