import { timestamp } from '../../../core/clock.ts';
import type { Account, Delivery } from '../../../core/model.ts';
import type { Connector, DeliveryRef, Store } from '../../../core/ports/index.ts';
import { runStep } from '../../../core/publishing/run-step.ts';
import type { StepPorts } from '../../../core/publishing/step.ts';
import { sealTokens } from '../../../core/tokens.ts';
import { times } from '../../../core/times.ts';
import { memoryMedia } from '../../../media/memory.ts';
import { memoryStore } from '../../../store/memory.ts';
import { createUpload, newAccount, newSession } from '../../store/conformance/records.ts';
import { plainCipher } from './records.ts';
import type { Operation } from './test-connector.ts';
import { testNetwork, type TestNetwork, type Weather } from './test-network.ts';
import { virtualTime, type VirtualTime } from './virtual-time.ts';

export type Name = 'north' | 'south';

export interface TwoNetworksOptions {
  /** What happens to a call at this moment, in seconds since the beginning. */
  readonly weather?: (network: Name, seconds: number, operation: Operation) => Weather | undefined;
  /** Does something else than the connector of the test network. */
  readonly connector?: (network: Name, connector: Connector, time: VirtualTime) => Partial<Connector>;
}

/** Two networks, and the deliveries of several tenants to them, each worked on by itself as its execution would. */
export interface TwoNetworks {
  readonly time: VirtualTime;
  readonly store: Store;
  readonly networks: Readonly<Record<Name, TestNetwork>>;
  /** `level message` and its fields, of each line. */
  readonly logged: readonly { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
  link(tenantId: string, network: Name): Promise<Account>;
  /** Makes an upload to an account and works on it, from so many seconds on, to its end. */
  publish(account: Account, seconds?: number): Promise<Published>;
}

export interface Published {
  readonly ref: DeliveryRef;
  /** When it has ended, in seconds since the beginning. */
  readonly ended: Promise<number>;
  /** As it stands. */
  readonly now: () => Promise<Delivery>;
}

export function twoNetworks({ weather, connector }: TwoNetworksOptions = {}): TwoNetworks {
  const time = virtualTime();
  const store = memoryStore();
  const logged: TwoNetworks['logged'][number][] = [];
  const networkOf = (name: Name): TestNetwork => testNetwork({ time, weather: (operation) => weather?.(name, time.elapsed(), operation) });
  const networks = { north: networkOf('north'), south: networkOf('south') };
  const log = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => void logged.push({ message, fields });
  const ports: StepPorts = {
    store,
    media: memoryMedia({ clock: time }),
    cipher: plainCipher,
    networks: {
      connector: (name) => {
        const own = { ...networks[known(name)].connector, network: name };
        return { ...own, ...connector?.(known(name), own, time) };
      },
      settings: async (name) => ({ endpoints: { api: `https://${name}` }, app: { clientId: 'app', clientSecret: 'secret' } }),
    },
    transport: { send: (request, options) => networks[known(new URL(request.url).hostname)].transport.send(request, options) },
    clock: time,
    ids: { next: (prefix) => `${prefix}_${logged.length}` },
    times: times.standard,
    log: { info: log, warn: log, error: log },
    sleep: (seconds) => time.sleep(seconds),
    random: () => 0.5,
  };

  const deliveryOf = async (ref: DeliveryRef): Promise<Delivery> => {
    const delivery = await store.getDelivery(ref);
    if (delivery === null) throw new Error('There is no such delivery.');
    return delivery;
  };

  /** The child executions of a delivery, one after the other, as the state machines run them. */
  const workOn = async (ref: DeliveryRef): Promise<number> => {
    let [role, waitedFor, steps]: ['transfer' | 'publish', number, number] = ['transfer', 0, 0];
    for (;;) {
      const result = await runStep(ports, role, { v: 1, ...ref, revision: 1, execution: 'child', steps, waitedFor });
      if (result.next === 'done') return time.elapsed();
      if (result.next === 'later') {
        const { nextAt } = await deliveryOf(ref);
        await time.sleep((Date.parse(nextAt ?? '') - time.now().getTime()) / 1000);
        [role, waitedFor, steps] = ['transfer', 0, 0];
        continue;
      }
      await time.sleep(result.afterSeconds);
      [role, waitedFor, steps] = [result.next, result.waitedFor, result.steps];
    }
  };

  return {
    time,
    store,
    networks,
    logged,
    link: async (tenantId, network) => {
      const account = newAccount({ tenantId, network, limits: {} });
      const tokens = { accessToken: 'token-1', refreshToken: null, expiresAt: null, scopes: [] };
      const linked = { ...account, tokens: await sealTokens(plainCipher, account, tokens) };
      await store.putAccount(linked);
      return linked;
    },
    publish: async (account, seconds = 0) => {
      const { tenantId } = account;
      const at = timestamp(new Date(time.now().getTime() + seconds * 1000));
      const { refs } = await createUpload(store, { tenantId, accounts: [account], session: newSession({ tenantId }), upload: { createdAt: at } });
      const [ref] = refs;
      if (ref === undefined) throw new Error('There is no delivery.');
      return { ref, ended: time.sleep(seconds).then(() => workOn(ref)), now: () => deliveryOf(ref) };
    },
  };
}

function known(name: string): Name {
  if (name !== 'north' && name !== 'south') throw new Error(`There is no network ${name}.`);
  return name;
}
