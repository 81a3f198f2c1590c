import { expect } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import { ulidIds } from '../../../core/ids.ts';
import type { BrowserAnswer } from '../../../core/linking/browser.ts';
import { openLink } from '../../../core/linking/open.ts';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import { vaultOf, type Vault } from '../../../core/linking/vault.ts';
import type { Account } from '../../../core/model.ts';
import { openTokens } from '../../../core/tokens.ts';
import { memoryStore } from '../../../store/memory.ts';
import { consenting, linkingWorld, opened } from '../../functions/support/linking.ts';

/** Linking without HTTP in front of it: the vault over the stand-ins of the networks, a store in memory and a clock that tests move. */

export const TENANT = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZA';
export const OTHER_TENANT = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZB';
export const REDIRECT = 'http://127.0.0.1:3000/linked';

/** A browser that has come back from a network: what the vault is asked with. */
export type CameBack = Parameters<Vault['finish']>[0];

export interface Opening {
  readonly tenantId?: string;
  readonly profile?: string | null;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Begun {
  readonly linkId: string;
  readonly cameBack: CameBack;
}

export interface WorldOptions {
  /** Seconds by which our clock is ahead of the networks'. */
  readonly skew?: number;
}

export function linkWorld({ skew = 0 }: WorldOptions = {}) {
  let now = Date.parse('2026-11-21T12:00:00Z');
  let ahead = skew * 1000;
  const clock = {
    now: () => new Date(now + ahead),
    pass: (seconds: number) => void (now += seconds * 1000),
    /** Somebody sets our clock to what the networks' show. */
    setRight: () => void (ahead = 0),
  };
  const store = memoryStore();
  const ids = ulidIds(clock);
  const { sandbox, ports: inner, linkable } = linkingWorld({ store, clock, theirs: { now: () => new Date(now) }, ids });
  const logged: string[] = [];
  const log = (message: string, fields?: object): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const ports: VaultPorts = { ...inner, log: { info: log, warn: log, error: log } };
  const vault = (change: Partial<VaultPorts> = {}): Vault => vaultOf({ ...ports, ...change });

  async function open(network: string, { tenantId = TENANT, profile = null, options = {} }: Opening = {}): Promise<string> {
    const opening = { store, clock, ids, linkable, isConfigured: () => true, loopbackRedirects: true };
    return (await openLink(opening, { tenantId, network, redirectUrl: REDIRECT, profile, options }, () => null)).linkId;
  }

  /** Decides on the consent page to which a browser was sent. */
  async function consent(visited: { readonly url: string; readonly browser: string }, network: string, personId: string, decision: Readonly<Record<string, string>> = {}): Promise<CameBack> {
    const callback = await opened(sandbox, consenting(visited.url, personId, decision));
    return { network, query: new URL(callback).search, browser: visited.browser };
  }

  return {
    clock,
    store,
    sandbox,
    ports,
    logged,
    vault,
    open,
    person: (network: string, accounts?: readonly { readonly name: string }[]): string =>
      sandbox.login(network).addPerson({ name: 'Ada', ...(accounts !== undefined && { accounts }) }).id,

    /** Opens a link, goes to the network with a browser, and decides there. */
    async begin(network: string, personId: string, options: Opening & { decision?: Readonly<Record<string, string>> } = {}): Promise<Begun> {
      const linkId = await open(network, options);
      const visited = await vault().visit({ network, linkId });
      if (visited.kind !== 'go') throw new Error(`The browser is not sent on: ${JSON.stringify(visited)}`);
      return { linkId, cameBack: await consent(visited, network, personId, options.decision) };
    },
    consent,

    accounts: (tenantId = TENANT): Promise<readonly Account[]> => store.listAccounts(tenantId),

    /** Whether the network takes what is stored for an account. */
    async serves(account: Account): Promise<boolean> {
      const { outcome } = await vault().check(account);
      return outcome === 'accepted';
    },

    tokensOf: (account: Account) => openTokens(ports.cipher, account),
    later: (seconds: number) => timestampAfter(clock.now(), seconds),
  };
}

export type LinkWorld = ReturnType<typeof linkWorld>;

/** Links an account of a network, whatever stands behind the consent; gives the person. */
export async function linked(world: LinkWorld, network: string, personId = world.person(network, [{ name: 'Ada' }])): Promise<string> {
  const { linkId, cameBack } = await world.begin(network, personId);
  const status = told(await world.vault().finish(cameBack));
  // Some logins can post for themselves too, and the person has to say for whom.
  if (status === 'choose') await world.vault().choose({ tenantId: TENANT, linkId, targets: [(await targets(world, linkId))[0] ?? ''] });
  return personId;
}

async function targets({ store }: LinkWorld, linkId: string): Promise<readonly string[]> {
  const link = await store.getLink(linkId);
  return link?.stage.at === 'choosing' ? link.stage.targets.map(({ id }) => id) : [];
}

/** The account that the world has, or the first. */
export async function only(world: LinkWorld): Promise<Account> {
  const [account] = await world.accounts();
  if (account === undefined) throw new Error('There is no account.');
  return account;
}

/** How a browser that is sent back is told that the link stands; what a page says otherwise. */
export function told(answer: BrowserAnswer): string {
  if (answer.kind === 'page') return `page ${answer.reason}`;
  if (answer.kind === 'form') return `form ${answer.message ?? ''}`.trim();
  const { origin, pathname, searchParams } = new URL(answer.url);
  expect(`${origin}${pathname}`).toBe(REDIRECT);
  return [searchParams.get('status'), searchParams.get('error')].filter((each) => each !== null).join(' ');
}

/** What may befall a call to a network. */
export const FAULTS = [
  { effect: 'drop_before' },
  { effect: 'drop_after' },
  { effect: 'drop_then_do', ms: 3_000 },
  { effect: 'delay', ms: 60_000 },
  { effect: 'refuse', status: 500, body: 'down' },
] as const;
