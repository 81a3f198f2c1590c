import { SandboxError } from '../refusal.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { createCodes, type CodeProblem, type Consent, type Redemption } from './codes.ts';
import { consent } from './consent.ts';
import type { AuthorizationDialect } from './dialect.ts';
import type { Grant, Grants } from './grants.ts';
import { createPersons, type AccountsOf, type NewPerson, type Person, type Persons, type ShownPerson } from './persons.ts';
import { readRequest, type AuthorizationRequest, type RequestProblem } from './request.ts';

/** What the control API asks of a network's authorization server. */
export interface LoginDoor {
  readonly dialect: AuthorizationDialect;
  addPerson(person: NewPerson): ShownPerson;
  persons(): readonly ShownPerson[];
  /** Registers an address to which consents may lead back; throws a `SandboxError` for one that no network takes. */
  registerRedirect(uri: string): void;
  redirectUris(): readonly string[];
  /** The person takes back what they allowed: every token of theirs is void. */
  revoke(personId: string): void;
  /** The time of the tokens with which calls are made for this person is over; or will be, in so many seconds. */
  expire(personId: string, seconds?: number): void;
}

/** The authorization server of a network: persons, the consent page, and the codes that come of it. */
export interface AuthorizationServer<Account> {
  readonly door: LoginDoor;
  /** A call of the consent page. */
  consent(call: Call): Answer;
  /** Takes the code of a consent and opens its grant; one that comes again ends that grant. */
  redeem<Subject, Kind extends string>(
    redemption: Omit<Redemption, 'clientId'> & { readonly clientId?: string },
    as: { readonly grants: Grants<Subject, Kind>; readonly subject: (consent: Consent<Account>) => Subject },
  ): { readonly grant: Grant<Subject>; readonly consent: Consent<Account> } | CodeProblem;
  /** Somebody who was linked without a consent page. */
  addPerson(person: NewPerson): Person<Account>;
  person(id: string): Person<Account> | undefined;
  /** Forgets the codes; the persons too if asked. What is registered of the app stays. */
  clear(options?: { readonly persons?: boolean }): void;
}

/** What two servers of one network have in common: who can log in, and where consents lead. */
export interface SharedDoor<Account> {
  readonly persons: Persons<Account>;
  readonly redirectUris: Set<string>;
}

export interface AuthorizationSettings<Account> extends AccountsOf<Account> {
  readonly world: Pick<World, 'clock' | 'app'>;
  readonly dialect: AuthorizationDialect;
  readonly grants: Pick<Grants<never, never>, 'revoke' | 'expire'>;
  /** Those that another server knows too; its own if left out. */
  readonly shared?: SharedDoor<Account>;
  /** What an app asks, where that is not in the query of the page. */
  readonly read?: (call: Call) => AuthorizationRequest | RequestProblem;
  /** Hears of requests on which a person has decided. */
  readonly decided?: (request: AuthorizationRequest) => void;
}

export function createAuthorization<Account>(settings: AuthorizationSettings<Account>): AuthorizationServer<Account> {
  const { world, dialect, grants, nameOf } = settings;
  const { persons, redirectUris } = settings.shared ?? { persons: createPersons(settings), redirectUris: new Set<string>() };
  const codes = createCodes<Account>(world.clock, dialect);
  const read = settings.read ?? ((call: Call) => readRequest(call, { dialect, app: world.app, redirectUris }));

  function known(personId: string): string {
    const person = persons.find(personId);
    if (person === undefined) throw new SandboxError(`There is no person ${JSON.stringify(personId)} at ${dialect.title}.`);
    return person.id;
  }

  return {
    door: {
      dialect,
      addPerson: (person) => persons.show(persons.add(person)),
      persons: () => persons.all().map((person) => persons.show(person)),
      registerRedirect(uri) {
        const flaw = flawOfRedirect(uri, dialect);
        if (flaw !== null) throw new SandboxError(`${dialect.title} registers no redirect address ${flaw}: ${uri}`);
        redirectUris.add(uri);
      },
      redirectUris: () => [...redirectUris],
      revoke: (personId) => grants.revoke(known(personId)),
      expire: (personId, seconds = 0) => grants.expire(known(personId), seconds),
    },

    consent: (call) => consent({ dialect, persons, codes, nameOf, read, decided: settings.decided }, call),

    redeem({ clientId = world.app.clientId, ...redemption }, as) {
      const redeemed = codes.redeem({ clientId, ...redemption });
      if (typeof redeemed === 'string') return redeemed;
      const { consent: given } = redeemed;
      const grant = as.grants.open({ personId: given.person.id, subject: as.subject(given), scopes: given.scopes });
      redeemed.onReplay(() => as.grants.close(grant));
      return { grant, consent: given };
    },

    addPerson: (person) => persons.add(person),
    person: (id) => persons.get(id),

    clear(options) {
      codes.clear();
      if (options?.persons === true) persons.clear();
    },
  };
}

/** Why a redirect address cannot be registered: networks take `https`, and `http` only of the developer's own machine. */
function flawOfRedirect(uri: string, { redirectQuery = true }: AuthorizationDialect): string | null {
  if (!URL.canParse(uri)) return 'that is no URL';
  const { protocol, hostname, hash, search } = new URL(uri);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) return 'without https';
  if (hash !== '') return 'with a fragment';
  return search !== '' && !redirectQuery ? 'with a query' : null;
}
