import { formFields, mediaType } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import type { Codes } from './codes.ts';
import type { AuthorizationDialect } from './dialect.ts';
import { accountsField, consentPage, NEW_PERSON, problemPage } from './page.ts';
import type { AccountName, Person, Persons } from './persons.ts';
import type { AuthorizationRequest, RequestProblem } from './request.ts';

/** Persons whom the page offers, the newest ones: a sandbox may have hundreds. */
const PERSONS_SHOWN = 20;

export interface ConsentTools<Account> {
  readonly dialect: AuthorizationDialect;
  readonly persons: Persons<Account>;
  readonly codes: Codes<Account>;
  readonly nameOf: (account: Account) => AccountName;
  /** What an app asks with a call of the page. */
  readonly read: (call: Call) => AuthorizationRequest | RequestProblem;
  readonly decided: ((request: AuthorizationRequest) => void) | undefined;
}

/** What a person decided, on the page or by the parameters of a test. */
interface Decision {
  readonly allows: boolean;
  /** A person of the network, or somebody new by this name. */
  readonly person: string;
  readonly newName: string | null;
  readonly scopes: readonly string[];
  /** Ids of accounts; null: those that are chosen if nobody says otherwise. */
  readonly accounts: readonly string[] | null;
}

/**
 * `GET` shows the consent page, `POST` is the person's decision on it. A `GET` with `_consent=allow` or `_consent=deny` decides at
 * once: `_person` says who (id, id of an account or name; the only one if left out), `_scopes` and `_accounts` what (all if left out).
 */
export function consent<Account>(tools: ConsentTools<Account>, call: Call): Answer {
  const { dialect, persons, codes, nameOf } = tools;
  const request = tools.read(call);
  if ('error' in request) return refused(dialect, request);
  const decision = call.method === 'POST' ? fromForm(call, request) : fromQuery(call, { request, persons });
  if (decision === null) return consentPage({ dialect, request, persons: shownPersons(named(call, request), persons).map((person) => persons.show(person)) });
  if (!decision.allows) {
    tools.decided?.(request);
    return back(request, dialect.denied);
  }

  const person = decision.newName === null ? persons.find(decision.person) : persons.add({ name: decision.newName });
  if (person === undefined) return problemPage(dialect, { error: 'unknown_person', description: `Nobody here is ${decision.person}, or more than one.` });
  const accounts = chosen(person, decision.accounts, { dialect, nameOf });
  if (accounts === null) return problemPage(dialect, { error: 'unknown_account', description: `${person.name} has no such accounts, or may not choose them.` });
  const fixed = dialect.fixedScopes ?? [];
  const scopes = request.scopes.filter((scope) => fixed.includes(scope) || decision.scopes.includes(scope));
  tools.decided?.(request);
  if (scopes.length === 0) return back(request, dialect.denied);
  const code = codes.issue({ person, accounts, scopes, request });
  return back(request, { code, ...dialect.allowed?.(scopes) }, dialect.fragment);
}

/** The name of a call of the consent page in the log. */
export function consentOperation({ method, query }: Pick<Call, 'method' | 'query'>): 'consent.show' | 'consent.decide' {
  return method === 'POST' || query.has('_consent') ? 'consent.decide' : 'consent.show';
}

function refused(dialect: AuthorizationDialect, problem: RequestProblem): Answer {
  const { error, description, redirectUri, state } = problem;
  if (redirectUri === null) return problemPage(dialect, problem);
  return redirect(redirectUri, { error, error_description: description, ...(state !== null && { state }) });
}

/** Sends the browser back to the app. */
function back({ redirectUri, state }: AuthorizationRequest, parameters: Readonly<Record<string, string>>, fragment = ''): Answer {
  return redirect(redirectUri, { ...parameters, state }, fragment);
}

function redirect(uri: string, parameters: Readonly<Record<string, string>>, fragment = ''): Answer {
  const separator = uri.includes('?') ? '&' : '?';
  const location = `${uri}${separator}${new URLSearchParams(parameters).toString()}${fragment}`;
  return { status: 303, headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }, body: '' };
}

/** Whom the address of the page names, or the app, which may know who comes. */
function named({ query }: Call, { parameters }: AuthorizationRequest): string | null {
  return query.get('_person') ?? parameters['login_hint'] ?? null;
}

function shownPersons<Account>(name: string | null, persons: Persons<Account>): readonly Person<Account>[] {
  if (name === null) return persons.all().slice(0, PERSONS_SHOWN);
  const found = persons.find(name);
  return found === undefined ? [] : [found];
}

function fromForm(call: Call, { scopes: asked }: AuthorizationRequest): Decision | null {
  if (mediaType(call) !== 'application/x-www-form-urlencoded') return null;
  const form = formFields(call);
  const decision = form.get('decision');
  const person = form.get('person');
  if (person === null || (decision !== 'allow' && decision !== 'deny')) return null;
  const newName = person === NEW_PERSON ? (form.get('name') ?? '').trim().slice(0, 100) || 'Somebody' : null;
  const accounts = form.getAll(accountsField(person));
  const scopes = form.getAll('scope').filter((scope) => asked.includes(scope));
  // Of somebody new the page could not show the account.
  return { allows: decision === 'allow', person, newName, scopes, accounts: newName === null ? accounts : null };
}

function fromQuery<Account>(call: Call, { request, persons }: { request: AuthorizationRequest; persons: Persons<Account> }): Decision | null {
  const { query } = call;
  const consents = query.get('_consent');
  if (consents !== 'allow' && consents !== 'deny') return null;
  const [only, ...others] = persons.all();
  const person = named(call, request) ?? (others.length === 0 ? (only?.id ?? '') : '');
  const scopes = query.get('_scopes')?.split(/[\s,]+/u) ?? request.scopes;
  const accounts = query.get('_accounts')?.split(/[\s,]+/u).filter((id) => id !== '') ?? null;
  return { allows: consents === 'allow', person, newName: null, scopes, accounts };
}

/** The accounts for which a person allows it; null: not theirs, or not for them to choose. */
function chosen<Account>(
  { accounts }: Person<Account>,
  ids: readonly string[] | null,
  { dialect, nameOf }: { dialect: AuthorizationDialect; nameOf: (account: Account) => AccountName },
): readonly Account[] | null {
  switch (dialect.accounts) {
    case 'login':
    case 'all':
      return accounts;
    case 'one':
    case 'many': {
      if (ids === null) return dialect.accounts === 'one' ? accounts.slice(0, 1) : accounts;
      const found = accounts.filter((account) => ids.includes(nameOf(account).externalId));
      if (found.length !== ids.length || (dialect.accounts === 'one' && found.length > 1)) return null;
      return found.length === 0 && dialect.accounts === 'one' ? accounts.slice(0, 1) : found;
    }
  }
}
