import { badParameter, nothingThere, parseLimit, pick, refuse } from '../graph.ts';
import { json, oddParameter } from '../http.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { DATA_ACCESS, SCOPES, type Accounts, type Caller, type Page } from './accounts.ts';

/** What a token tells of the person who gave it: who they are, their pages, and what they allowed. */
export interface PersonReading {
  readonly world: Pick<World, 'app' | 'baseUrl'>;
  readonly accounts: Accounts;
}

/** `GET /me?fields=`: the person, or the page of a page's token. */
export function readMe({ accounts }: PersonReading, call: Call): Answer {
  const { token, fields } = accounts.caller(call, null, ['fields']);
  const page = accounts.pageOf(token);
  const { userId, name } = token.grant.subject;
  const wanted = fields.get('fields') ?? 'name';
  if (page !== undefined) return json(200, pick(page.pageId, { name: page.name, username: page.username }, wanted));
  return json(200, pick(userId, { name }, wanted));
}

/** `GET /me/accounts?fields=&limit=&after=`: the pages that the person ticked, each with a token of its own. */
export function listPages({ accounts, world }: PersonReading, call: Call, id: string): Answer {
  const { token, fields } = callerAs(accounts, call, { id, scope: SCOPES.list, known: ['fields', 'limit', 'after'] });
  const limit = parseLimit(fields.get('limit'));
  const all = token.grant.subject.pages;
  const after = fields.get('after');
  const start = after === null ? 0 : all.findIndex(({ pageId }) => cursorOf(pageId) === after) + 1;
  if (after !== null && start === 0) throw badParameter('after', 'not one of our cursors');
  const shown = all.slice(start, start + limit);
  const [first, last] = [shown.at(0), shown.at(-1)];
  const wanted = fields.get('fields');
  const names = wanted === null ? 'name,access_token,tasks,category' : plainNames(wanted);
  const data = shown.map((page) => pick(page.pageId, pageValues(page, names.includes('access_token') ? accounts.pageToken(token, page) : undefined), names));
  if (first === undefined || last === undefined) return json(200, { data });
  const cursors = { before: cursorOf(first.pageId), after: cursorOf(last.pageId) };
  if (start + limit >= all.length) return json(200, { data, paging: { cursors } });
  // The address of the rest holds the token, as the real one does.
  const query = new URLSearchParams({ access_token: token.text, ...(wanted !== null && { fields: wanted }), limit: String(limit), after: cursors.after });
  const [, , version = ''] = call.path.split('/');
  return json(200, { data, paging: { cursors, next: `${world.baseUrl}/graph/${version}/${token.grant.subject.userId}/accounts?${query.toString()}` } });
}

/** `GET /me/businesses`: nobody here has one, so that all pages are in `/me/accounts`. */
export function listBusinesses({ accounts }: PersonReading, call: Call, id: string): Answer {
  callerAs(accounts, call, { id, scope: 'business_management', known: ['fields', 'limit', 'after'] });
  return json(200, { data: [] });
}

/** `GET /me/permissions`: what was asked for, and whether it was allowed. */
export function listPermissions({ accounts }: PersonReading, call: Call, id: string): Answer {
  const { token } = callerAs(accounts, call, { id, scope: null, known: [] });
  const { scopes, subject } = token.grant;
  const data = [
    ...['public_profile', ...scopes].map((permission) => ({ permission, status: 'granted' })),
    ...subject.declined.map((permission) => ({ permission, status: 'declined' })),
  ];
  return json(200, { data });
}

/** `DELETE /me/permissions`: takes back all that was allowed. */
export function deletePermissions({ accounts }: PersonReading, call: Call, id: string): Answer {
  const { token } = callerAs(accounts, call, { id, scope: null, known: [] });
  accounts.end(token.grant);
  return json(200, { success: true });
}

/** `GET /debug_token?input_token=`, with the app's own token, `<id>|<secret>`. */
export function inspectToken({ accounts, world }: PersonReading, call: Call): Answer {
  const odd = oddParameter(call.query, ['input_token', 'access_token']);
  if (odd !== null) throw badParameter(odd.name, odd.problem);
  const { clientId, clientSecret } = world.app;
  if (call.query.get('access_token') !== `${clientId}|${clientSecret}`) throw refuse({ code: 190, status: 401, message: 'Invalid OAuth access token signature.' });
  const token = accounts.find(call.query.get('input_token'));
  if (token === undefined) {
    return json(200, { data: { error: { code: 190, message: 'The access token could not be decrypted' }, is_valid: false, scopes: [] } });
  }
  const { scopes, subject, since } = token.grant;
  const page = accounts.pageOf(token);
  const isValid = accounts.isAlive(token);
  const ids = subject.pages.map(({ pageId }) => pageId);
  return json(200, {
    data: {
      app_id: clientId,
      type: page === undefined ? 'USER' : 'PAGE',
      application: 'Fanfare',
      issued_at: Math.floor(token.issuedAt / 1000),
      // 0: it has no end.
      expires_at: Math.floor((token.expiresAt ?? 0) / 1000),
      data_access_expires_at: Math.floor((since + DATA_ACCESS) / 1000),
      is_valid: isValid,
      ...(!isValid && { error: { code: 190, subcode: 463, message: 'The access token has expired.' } }),
      scopes,
      granular_scopes: scopes.map((scope) => (scope.startsWith('pages_') ? { scope, target_ids: ids } : { scope })),
      user_id: subject.userId,
      ...(page !== undefined && { profile_id: page.pageId }),
    },
  });
}

/** The token of a person, for calls of their own edges. */
function callerAs(accounts: Accounts, call: Call, { id, scope, known }: { readonly id: string; readonly scope: string | null; readonly known: readonly string[] }): Caller {
  const caller = accounts.caller(call, scope, known);
  const { kind, grant } = caller.token;
  if (id !== 'me' && id !== grant.subject.userId) throw nothingThere(id);
  if (kind === 'page') throw refuse({ code: 100, message: 'A page has no such edge: this call takes the access token of a person.' });
  return caller;
}

function pageValues({ name, username, tasks, pageId, instagram }: Page, accessToken: string | undefined): Readonly<Record<string, unknown>> {
  const picture = { data: { url: `https://scontent.xx.fbcdn.net/v/${pageId}.jpg`, height: 200, width: 200, is_silhouette: false } };
  return { name, username, tasks, category: 'Media', picture, access_token: accessToken, instagram_business_account: instagram };
}

/** The names in `fields`, without the modifiers that some have, such as `picture.type(large)`. */
function plainNames(fields: string): string {
  return fields
    .split(/,(?![^({]*[)}])/u)
    .map((field) => field.trim().replace(/[.({].*$/su, ''))
    .join(',');
}

function cursorOf(pageId: string): string {
  return Buffer.from(pageId).toString('base64url');
}
