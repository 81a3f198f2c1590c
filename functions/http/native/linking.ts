import type * as z from 'zod';
import { findAccount } from '../../../core/accounts.ts';
import { timestamp } from '../../../core/clock.ts';
import { statusOfLink, type Link } from '../../../core/linking/model.ts';
import { findLink, openLink, type OpenLinkPorts } from '../../../core/linking/open.ts';
import type { Linkable } from '../../../core/linking/ports.ts';
import { checkOrigins } from '../../../core/linking/redirect.ts';
import type { Vault } from '../../../core/linking/vault.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { accountView, type ViewPorts } from './account-view.ts';
import { checkAccountRoute, chooseTargetsRoute, getLinkRoute, getRedirectOriginsRoute, linkAccountRoute, setRedirectOriginsRoute } from './routes/linking.ts';
import type { openedLink, shownLink } from './schemas/linking.ts';

/** What linking needs on this side of the vault. */
export interface LinkingPorts extends OpenLinkPorts, Pick<Ports, 'store' | 'clock'> {
  readonly linkable: Linkable;
  readonly vault: Vault;
  /** Where browsers reach the API, without a slash at the end. */
  readonly publicUrl: string;
}

export const linkAccount = endpoint(linkAccountRoute, {
  handle: async (ports: LinkingPorts, { caller: { tenantId }, body: { network, redirectUrl, profile = null, options = {} }, once }) => {
    const link = await openLink(ports, { tenantId, network, redirectUrl, profile, options }, ({ linkId }) => once.commit({ status: 201, ids: { linkId } }));
    return answer(201, openedView(ports, link));
  },
  replay: async (ports, { caller: { tenantId } }, { ids }) => answer(201, openedView(ports, await findLink(ports, tenantId, ids['linkId'] ?? ''))),
});

export const getLink = endpoint(getLinkRoute, {
  find: (ports: LinkingPorts, { caller, params }) => findLink(ports, caller.tenantId, params.linkId),
  handle: async (ports, { found }) => answer(200, linkView(ports, found)),
});

export const chooseTargets = endpoint(chooseTargetsRoute, {
  find: (ports: LinkingPorts, { caller, params }) => findLink(ports, caller.tenantId, params.linkId),
  handle: async (ports, { caller: { tenantId }, params: { linkId }, body: { targets } }) => {
    await ports.vault.choose({ tenantId, linkId, targets });
    return answer(200, linkView(ports, await findLink(ports, tenantId, linkId)));
  },
  replay: async (ports, { found }) => answer(200, linkView(ports, found)),
});

export const checkAccount = endpoint(checkAccountRoute, {
  find: (ports: LinkingPorts & ViewPorts, { caller, params }) => findAccount(ports, caller.tenantId, params.accountId),
  handle: async (ports, { caller: { tenantId }, params: { accountId } }) => {
    const checked = await ports.vault.check({ tenantId, accountId });
    return answer(200, { ...checked, account: accountView(ports, await findAccount(ports, tenantId, accountId)) });
  },
  // What the network said then is what the account shows.
  replay: async (ports, { found }) =>
    answer(200, { outcome: found.health === 'active' ? 'accepted' : 'refused', message: found.healthReason, account: accountView(ports, found) }),
});

export const getRedirectOrigins = endpoint(getRedirectOriginsRoute, {
  handle: async ({ store }: LinkingPorts, { caller }) => answer(200, { origins: [...(await store.getRedirectOrigins(caller.tenantId))] }),
});

export const setRedirectOrigins = endpoint(setRedirectOriginsRoute, {
  handle: async ({ store, loopbackRedirects }: LinkingPorts, { caller: { tenantId }, body, once }) => {
    const origins = checkOrigins(body.origins, { loopback: loopbackRedirects });
    await store.setRedirectOrigins({ tenantId, origins, commit: once.commit({ status: 200, ids: {} }) });
    return answer(200, { origins: [...origins] });
  },
  replay: async ({ store }, { caller }) => answer(200, { origins: [...(await store.getRedirectOrigins(caller.tenantId))] }),
});

function openedView({ publicUrl }: LinkingPorts, { linkId, network, expiresAt }: Link): z.input<typeof openedLink> {
  return { linkId, authorizeUrl: `${publicUrl}/oauth/${network}/start?link=${linkId}`, expiresAt };
}

function linkView({ linkable, clock }: LinkingPorts, link: Link): z.input<typeof shownLink> {
  const { linkId, network, profile, createdAt, expiresAt, stage } = link;
  const status = statusOfLink(link, timestamp(clock.now()));
  const choosing = stage.at === 'choosing' && status === 'choose' ? stage : null;
  return {
    linkId,
    network,
    status,
    profile,
    createdAt,
    expiresAt,
    targets: (choosing?.targets ?? []).map((target) => ({ ...target })),
    choice: choosing === null ? null : (linkable(network)?.linking.choice ?? null),
    accounts: stage.at === 'linked' ? [...stage.accounts] : [],
    error: stage.at === 'failed' ? { ...stage.failure } : null,
  };
}
