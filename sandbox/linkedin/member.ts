import { json, oddParameter } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import { SCOPES, type Accounts, type Author } from './accounts.ts';
import { refuse } from './errors.ts';

/** `GET /v2/userinfo`: who the member is. */
export function readUserInfo(accounts: Accounts, call: Call): Answer {
  const { subject, scopes } = accounts.member(call);
  const odd = oddParameter(call.query, []);
  if (odd !== null) throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The parameter ${odd.name} is ${odd.problem}.` });
  if (!scopes.includes(SCOPES.identity)) {
    throw refuse({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100, message: 'Not enough permissions to access: userinfo.GET.NO_VERSION' });
  }
  const { name } = subject.author;
  const sub = idOf(subject.author);
  const [first = '', ...rest] = name.split(' ');
  const profile = { name, given_name: first, family_name: rest.join(' '), picture: `https://media.licdn.com/dms/image/${sub}/profile.jpg`, locale: { country: 'US', language: 'en' } };
  return json(200, {
    sub,
    ...(scopes.includes('profile') && profile),
    ...(scopes.includes('email') && { email: `${sub.toLowerCase()}@example.com`, email_verified: true }),
  });
}

const ROLES = ['ADMINISTRATOR', 'CONTENT_ADMIN', 'CONTENT_ADMINISTRATOR', 'DIRECT_SPONSORED_CONTENT_POSTER', 'ANALYST'];

/** `GET /rest/organizationAcls?q=roleAssignee`: on which pages the member has a role. One that may not post is an analyst here. */
export function listOrganizations(accounts: Accounts, call: Call): Answer {
  const { author, pages } = accounts.versioned(call, SCOPES.admin);
  const { query } = call;
  const odd = oddParameter(query, ['q', 'role', 'state', 'start', 'count']);
  if (odd !== null) throw invalid(`The parameter ${odd.name} is ${odd.problem}.`);
  if (query.get('q') !== 'roleAssignee') throw invalid('q is not roleAssignee.');
  const role = query.get('role');
  if (role !== null && !ROLES.includes(role)) throw invalid(`There is no role ${role}.`);
  const state = query.get('state') ?? 'APPROVED';
  if (!['APPROVED', 'REQUESTED', 'REJECTED', 'REVOKED'].includes(state)) throw invalid(`There is no state ${state}.`);
  const [start, count] = [parseNumber(query.get('start') ?? '0'), parseNumber(query.get('count') ?? '10')];
  const all = pages
    .map(({ urn, mayPublish }) => ({ role: mayPublish ? 'ADMINISTRATOR' : 'ANALYST', organization: urn, roleAssignee: author.urn, state: 'APPROVED' }))
    .filter((acl) => acl.role === (role ?? acl.role) && acl.state === state);
  return json(200, { paging: { start, count, total: all.length, links: [] }, elements: all.slice(start, start + count) });
}

/** `GET /rest/organizations/{id}`, of a page on which the member has a role. */
export function readOrganization(accounts: Accounts, call: Call, id: string): Answer {
  const { pages } = accounts.versioned(call, SCOPES.admin);
  if (call.query.size > 0) throw invalid(`No parameters are known here: ${[...call.query.keys()].join(', ')}.`);
  const page = pages.find((each) => idOf(each) === id);
  if (page === undefined) throw refuse({ status: 404, code: 'NOT_FOUND', message: `Could not find entity urn:li:organization:${id}` });
  const vanityName = page.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return json(200, { id: Number(id), localizedName: page.name, vanityName, logoV2: { original: `urn:li:digitalmediaAsset:${id}` }, primaryOrganizationType: 'NONE' });
}

function idOf({ urn }: Author): string {
  return urn.slice(urn.lastIndexOf(':') + 1);
}

function parseNumber(text: string): number {
  if (!/^\d{1,3}$/u.test(text)) throw invalid(`${text} is no count.`);
  return Number(text);
}

function invalid(message: string) {
  return refuse({ status: 400, code: 'INVALID_VALUE', message });
}
