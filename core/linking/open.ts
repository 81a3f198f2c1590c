import { timestamp, timestampAfter } from '../clock.ts';
import { errorAt, FanfareError, invalidField } from '../errors.ts';
import { isIdOf } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Network } from '../model.ts';
import type { Commit, Ports } from '../ports/index.ts';
import type { Link } from './model.ts';
import type { Linkable } from './ports.ts';
import { checkRedirectUrl } from './redirect.ts';

export interface OpenLinkPorts extends Pick<Ports, 'store' | 'clock' | 'ids'> {
  readonly linkable: Linkable;
  readonly isConfigured: (network: Network) => boolean;
  /** Whether browsers may be sent to any port of this machine: on a local stage. */
  readonly loopbackRedirects: boolean;
}

export interface LinkRequest {
  readonly tenantId: string;
  readonly network: Network;
  readonly redirectUrl: string;
  readonly profile: string | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Opens a link. Nothing is asked of the network before a browser comes. Throws `validation_failed`. */
export async function openLink(ports: OpenLinkPorts, request: LinkRequest, commitFor: (link: Link) => Commit | null): Promise<Link> {
  const { tenantId, network, profile } = request;
  const options = checkNetwork(ports, request);
  const registered = await ports.store.getRedirectOrigins(tenantId);
  const redirectUrl = checkRedirectUrl(request.redirectUrl, { registered, loopback: ports.loopbackRedirects });
  const now = ports.clock.now();
  const link: Link = {
    linkId: ports.ids.next('lnk'),
    tenantId,
    network,
    redirectUrl,
    profile,
    options,
    createdAt: timestamp(now),
    expiresAt: timestampAfter(now, limits.linkLife),
    version: 1,
    stage: { at: 'open' },
  };
  await ports.store.putLink(link, commitFor(link));
  return link;
}

/** The options, under the schema of the network. */
function checkNetwork({ linkable, isConfigured }: OpenLinkPorts, { network, options }: LinkRequest): Link['options'] {
  const found = linkable(network);
  if (found === undefined) throw invalidField('network', 'unknown', 'Accounts of this network cannot be linked: GET /api/networks lists those that can.');
  if (!isConfigured(network)) {
    throw invalidField('network', 'not_configured', `The operator has no app at ${found.title} yet: GET /api/networks shows which networks are configured.`);
  }
  const { optionsSchema } = found.linking;
  const parsed = optionsSchema?.safeParse(options);
  if (parsed === undefined) {
    if (Object.keys(options).length > 0) throw invalidField('options', 'unknown', `Linking an account of ${found.title} has no options.`);
    return {};
  }
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, code, message }) => ({ field: ['options', ...path.map(String)].join('.'), code, message }));
    throw new FanfareError('validation_failed', errors.map(({ message }) => message).join('; '), { errors });
  }
  if (Buffer.byteLength(JSON.stringify(parsed.data)) > limits.linkOptions) throw invalidField('options', 'too_long', `options must have at most ${limits.linkOptions} bytes as JSON.`);
  return parsed.data;
}

/** The tenant's link of this id. Throws `not_found`. */
export async function findLink({ store }: Pick<Ports, 'store'>, tenantId: string, linkId: string): Promise<Link> {
  const link = isIdOf('lnk', linkId) ? await store.getLink(linkId) : null;
  if (link === null || link.tenantId !== tenantId) throw errorAt('not_found', 'linkId', 'not_found', 'There is no such link: the id is wrong, or it was begun too long ago.');
  return link;
}
