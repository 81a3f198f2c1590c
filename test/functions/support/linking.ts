import type { Clock } from '../../../core/clock.ts';
import { callbackUrl, type VaultPorts } from '../../../core/linking/ports.ts';
import type { Ids } from '../../../core/ids.ts';
import type { Store, Transport } from '../../../core/ports/index.ts';
import { times } from '../../../core/times.ts';
import { linkableOf } from '../../../functions/common/linkable.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { platforms } from '../../../platforms/registry.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { memoryCipher } from '../../../store/memory-cipher.ts';
import { isSigning } from '../../core/support/signing.ts';
import { describedApps } from '../../platforms/support/client-metadata.ts';
import { inProcess } from '../../sandbox/in-process.ts';

/** Everything behind the vault in one process: the stand-ins of the networks with their authorization servers, and real encryption. */

export const PUBLIC_URL = 'https://api.example.com';
const SANDBOX_URL = 'https://sandbox.example.com';

export interface LinkingWorld {
  readonly sandbox: Sandbox;
  readonly linkable: VaultPorts['linkable'];
  readonly ports: Omit<VaultPorts, 'log'>;
}

interface WorldOptions {
  readonly store: Store;
  readonly clock: Clock & { pass(seconds: number): void };
  /** The clock of the networks, where it is another one than ours. */
  readonly theirs?: Clock;
  readonly ids: Ids;
}

export function linkingWorld({ store, clock, theirs = clock, ids }: WorldOptions): LinkingWorld {
  const pass = (seconds: number): Promise<void> => Promise.resolve(clock.pass(seconds));
  /** Who waits lets others work, and time stands still while keys sign, which they do outside this thread. */
  const sleep = async (seconds: number): Promise<void> => {
    do await new Promise((resolve) => void setTimeout(resolve, 1));
    while (isSigning());
    clock.pass(seconds);
  };
  const callbacks = Object.fromEntries(Object.keys(linkings).map((network) => [network, callbackUrl(PUBLIC_URL, network)]));
  const sandbox = createSandbox({ clock: theirs, baseUrl: SANDBOX_URL, processingSeconds: 1, sleep: (ms) => pass(ms / 1000), fetch: describedApps(callbacks) });
  const transport: Transport = inProcess(sandbox, clock);
  const linkable = linkableOf(platforms);
  for (const [network, callback] of Object.entries(callbacks)) sandbox.login(network).registerRedirect(callback);
  return {
    sandbox,
    linkable,
    ports: {
      store,
      cipher: memoryCipher(),
      networks: {
        connector: (network) => platforms.find((platform) => platform.network === network),
        settings: (network) => {
          const { endpoints, ...settings } = networkSettings(network, SANDBOX_URL);
          return Promise.resolve({ ...settings, endpoints: { ...platforms.find((platform) => platform.network === network)?.defaultEndpoints, ...endpoints } });
        },
      },
      linkable,
      transport,
      clock,
      ids,
      times: times.short,
      publicUrl: PUBLIC_URL,
      sleep,
      random: () => 0.5,
    },
  };
}

/** A person who consents: the address of the network's consent page, decided at once. */
export function consenting(url: string, person: string, decision: Readonly<Record<string, string>> = {}): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries({ _consent: 'allow', _person: person, ...decision })) address.searchParams.set(name, value);
  return address.href;
}

/** Opens an address of the sandbox as a browser does; gives where it is sent. */
export async function opened(sandbox: Sandbox, url: string): Promise<string> {
  const handled = await sandbox.handle({ method: 'GET', target: url.slice(SANDBOX_URL.length), headers: {}, body: new Uint8Array() });
  const location = handled.kind === 'answer' ? handled.answer.headers['location'] : undefined;
  if (location === undefined) throw new Error(`The consent page sends nobody on: ${handled.kind === 'answer' ? String(handled.answer.body).slice(0, 500) : 'cut'}`);
  return location;
}
