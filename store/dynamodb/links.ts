import * as z from 'zod';
import { linkForm } from '../../core/linking/form.ts';
import { linkFailures, type Link } from '../../core/linking/model.ts';
import type { LinkStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { tableSchema } from '../schema.ts';
import { accountOf, sealed } from './account-item.ts';
import { dueAt } from './due-item.ts';
import { equals, increase, remove, set, setOnce, setOrRemove } from './expression.ts';
import { daysAfter, jsonText, optionsText, orNull, time, toJsonText, withoutNulls } from './fields.ts';
import { transactWith, writeWith } from './idempotency.ts';
import type { Item, Table } from './table.ts';
import type { Write } from './writes.ts';

/** A link may hold sealed tokens of accounts that nobody chose: it is swept soon after its end. */
const KEPT_DAYS = 1;

const visit = z.object({ stateHash: z.string(), browserHash: z.string(), memory: sealed, form: linkForm.nullable().default(null) });
const come = { visit, codeHash: z.string() };
const target = z.object({ id: z.string(), type: z.string(), name: z.string(), obstacle: z.string().nullable() });
const stage = z.discriminatedUnion('at', [
  z.object({ at: z.literal('open') }),
  z.object({ at: z.literal('visited'), visit }),
  z.object({ at: z.literal('exchanging'), ...come, until: time }),
  z.object({ at: z.literal('granted'), ...come, tokens: sealed }),
  z.object({ at: z.literal('choosing'), ...come, tokens: sealed, targets: z.array(target) }),
  z.object({ at: z.literal('linked'), ...come, targets: z.array(z.string()), accounts: z.array(z.string()) }),
  z.object({ at: z.literal('failed'), ...come, failure: z.object({ code: z.enum(linkFailures), message: z.string() }) }),
]);

const linkItem = z.object({
  linkId: z.string(),
  tenantId: z.string(),
  network: z.string(),
  redirectUrl: z.string(),
  profile: orNull(z.string()),
  options: optionsText,
  createdAt: time,
  expiresAt: time,
  version: z.int(),
  stage: jsonText.pipe(stage),
});
const externalItem = z.object({ accountId: z.string() });
const countItem = z.object({ accounts: z.int() });
const originsItem = z.object({ origins: z.array(z.string()) });

function linkOf(item: Item): Link {
  return linkItem.parse(item);
}

export function linkStore(table: Table): LinkStore {
  return {
    putLink: async (link, commit) => {
      const ttl = { [tableSchema.timeToLive]: daysAfter(link.expiresAt, KEPT_DAYS) };
      const item = { ...withoutNulls({ ...link, options: toJsonText(link.options), stage: toJsonText(link.stage) }), ...ttl };
      await writeWith(table, { type: 'create', key: keys.link(link.linkId), item }, commit);
    },

    getLink: async (linkId) => {
      const item = await table.get(keys.link(linkId));
      return item === null ? null : linkOf(item);
    },

    moveLink: async ({ linkId, version }, next) => {
      const moved = await table.update(keys.link(linkId), equals('version', version), [set('stage', toJsonText(next)), increase('version', 1)]);
      return moved.done ? linkOf(moved.item) : null;
    },

    findLinkedAccount: async ({ tenantId, network, externalId }) => {
      const pointer = await table.get(keys.external(tenantId, network, externalId));
      const item = pointer === null ? null : await table.get(keys.account(tenantId, externalItem.parse(pointer).accountId));
      return item === null ? null : accountOf(item);
    },

    countLinked: async ({ network, externalId }) => {
      const item = await table.get(keys.linkedCount(network, externalId));
      return item === null ? 0 : countItem.parse(item).accounts;
    },

    relinkAccount: async (relink) => {
      const { tenantId, accountId, tokenVersion, tokens, tokenEnds, accessEnds, renewAt, scopes, name, profile, healthSince } = relink;
      const key = keys.account(tenantId, accountId);
      const changes = [
        set('tokens', { ...tokens }),
        increase('tokenVersion', 1),
        remove('tokenLock'),
        setOrRemove('tokenEnds', tokenEnds),
        setOrRemove('accessEnds', accessEnds),
        ...dueAt('renewAt', key, renewAt),
        set('scopes', [...scopes]),
        set('name', name),
        setOrRemove('profile', profile),
        set('health', 'active'),
        set('healthSince', healthSince),
        remove('healthReason'),
      ];
      const account: Write = { type: 'update', key, condition: equals('tokenVersion', tokenVersion), changes };
      return (await table.transact([account, ...(profile === null ? [] : [ensureProfile(tenantId, profile, healthSince)])])).done;
    },

    getRedirectOrigins: async (tenantId) => {
      const item = await table.get(keys.redirectOrigins(tenantId));
      return item === null ? [] : originsItem.parse(item).origins;
    },

    setRedirectOrigins: async ({ tenantId, origins, commit }) => {
      await transactWith(table, [{ type: 'update', key: keys.redirectOrigins(tenantId), condition: null, changes: [set('origins', [...origins])] }], commit);
    },
  };
}

/** One more tenant in which an account of the outside is linked, or one fewer. */
export function countLink(network: string, externalId: string, by: 1 | -1): Write {
  return { type: 'update', key: keys.linkedCount(network, externalId), condition: null, changes: [increase('accounts', by)] };
}

/** Makes a profile, unless it is there. */
export function ensureProfile(tenantId: string, name: string, at: string): Write {
  return { type: 'update', key: keys.profile(tenantId, name), condition: null, changes: [setOnce('name', name), setOnce('createdAt', at)] };
}
