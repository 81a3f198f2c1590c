import { randomText } from '../random.ts';
import { SandboxError } from '../refusal.ts';
import type { AuthorizationDialect } from './dialect.ts';

/** Somebody who can log in at a network, and the accounts that are theirs there. */
export interface Person<Account> {
  readonly id: string;
  readonly name: string;
  readonly accounts: readonly Account[];
}

export interface NewPerson {
  readonly name: string;
  /** One of the person's own name if left out; none: nothing stands behind the login. */
  readonly accounts?: readonly NewPersonAccount[];
}

export interface NewPersonAccount {
  readonly name: string;
  /** False: the person has no role that may publish there; true if left out. */
  readonly mayPublish?: boolean;
}

/** What a person's account is called. */
export interface AccountName {
  /** The network's own id of it. */
  readonly externalId: string;
  readonly name: string;
  /** Options that the network demands, as this account can use them; left out: it demands none, or linking gives them. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A person as the control API shows it. */
export interface ShownPerson extends Person<AccountName> {
  /** The network's own id of the login, where it is another thing than the accounts. */
  readonly externalId?: string;
}

export interface Persons<Account> {
  add(person: NewPerson): Person<Account>;
  get(id: string): Person<Account> | undefined;
  /** By id, by the network's id of the login or of an account, or by a name of either that nobody else has. */
  find(text: string): Person<Account> | undefined;
  /** Newest first. */
  all(): readonly Person<Account>[];
  show(person: Person<Account>): ShownPerson;
  clear(): void;
}

export interface AccountsOf<Account> {
  readonly dialect: Pick<AuthorizationDialect, 'title' | 'accounts' | 'others'>;
  readonly newAccount: (account: NewPersonAccount) => Account;
  readonly nameOf: (account: Account) => AccountName;
  /** The network's own id of a login, where it is another thing than the accounts. */
  readonly loginId?: (person: Person<Account>) => string;
}

export function createPersons<Account>({ dialect, newAccount, nameOf, loginId }: AccountsOf<Account>): Persons<Account> {
  const persons = new Map<string, Person<Account>>();

  return {
    add({ name, accounts = [{ name }] }) {
      if (dialect.accounts === 'login' && (dialect.others === true ? accounts.length < 1 : accounts.length !== 1)) {
        throw new SandboxError(`At ${dialect.title} the login is the account: a person has one, and not ${accounts.length}.`);
      }
      const person: Person<Account> = { id: `person-${randomText(12)}`, name, accounts: accounts.map(newAccount) };
      persons.set(person.id, person);
      return person;
    },

    get: (id) => persons.get(id),

    find(text) {
      const byId = persons.get(text);
      if (byId !== undefined) return byId;
      const all = [...persons.values()];
      const byNetwork = all.find((person) => loginId?.(person) === text || person.accounts.some((account) => nameOf(account).externalId === text));
      if (byNetwork !== undefined) return byNetwork;
      const [byName, ...others] = all.filter(({ name, accounts }) => name === text || accounts.some((account) => nameOf(account).name === text));
      return others.length === 0 ? byName : undefined;
    },

    all: () => [...persons.values()].toReversed(),
    show(person) {
      const { id, name, accounts } = person;
      return { id, name, ...(loginId !== undefined && { externalId: loginId(person) }), accounts: accounts.map(nameOf) };
    },
    clear: () => persons.clear(),
  };
}

/** The account of somebody at a network where the login is the account. */
export function sole<Account>([account]: readonly Account[]): Account {
  if (account === undefined) throw new Error('Where the login is the account, a person has one.');
  return account;
}
