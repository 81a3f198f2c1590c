import type { Clock } from '../core/clock.ts';
import { behaviourSchema, createConduct, type Behaviour, type Conduct, type NewBehaviour } from './behaviour.ts';
import type { LoginDoor } from './authorization/server.ts';
import { handleControl } from './control.ts';
import { httpFetch } from './fetch.ts';
import { createFaults, faultSchema, type Fault, type Faults, type NewFault } from './faults.ts';
import { json } from './http.ts';
import { loginAppOf, standIns } from './networks.ts';
import { Refusal, SandboxError } from './refusal.ts';
import type { Answer, App, Call, Handled, LinkedAccount, NewAccount, Post, StandIn, World } from './stand-in.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  /** Where the sandbox is reachable, without a slash at the end: stand-ins make session URIs from it. */
  readonly baseUrl: string;
  /** How long networks process a video, in terms of the clock. */
  readonly processingSeconds: number;
  /** The operator's app by network, where it is not the stand-in's own. */
  readonly apps?: Readonly<Record<string, App>>;
  /** Daily caps by network and the stand-in's names for them (`docs/sandbox.md`), where they are not the documented ones. */
  readonly caps?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How networks that pull fetch a file; real HTTP if left out. */
  readonly fetch?: World['fetch'];
  /** Holds a delayed call for so many milliseconds; real time if left out. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** A request as it came: `target` is path and query, header names are in lower case. */
export interface SandboxRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The connection broke off inside the body: `body` is what had arrived. */
  readonly cutShort?: boolean;
}

/** A call in the log. `status` is null while it is held, and stays so when the caller was cut off without an answer. */
export interface LoggedCall {
  readonly operation: string;
  readonly status: number | null;
  /** With milliseconds: the order of calls to several networks can be told by it. */
  readonly at: string;
  readonly method: string;
  /** Without the query, which may hold tokens. */
  readonly path: string;
  /** The effect of the fault that it met. */
  readonly fault: Fault['effect'] | null;
}

/** All stand-ins behind one door, with the log of their calls and the faults: everything but the HTTP server. */
export interface Sandbox {
  readonly networks: readonly string[];
  readonly baseUrl: string;
  handle(request: SandboxRequest): Promise<Handled>;
  /** What a network shows in public, oldest first. */
  posts(network: string): Promise<readonly Post[]>;
  /** Every call that a network received, in order. */
  calls(network: string): Promise<readonly LoggedCall[]>;
  /** Every name that calls of a network have in the log. */
  operations(network: string): readonly string[];
  /** Throws a `ZodError` or a `SandboxError` that says what is wrong with the fault. */
  addFault(fault: NewFault): void;
  readonly faults: Pick<Faults, 'list' | 'clear'>;
  addAccount(network: string, account: NewAccount): LinkedAccount;
  behaviour(network: string): Behaviour;
  /** Has a network behave otherwise from now on, until the next reset. Throws a `ZodError` or a `SandboxError` that says what is wrong. */
  behave(network: string, changes: NewBehaviour): void;
  /** The authorization server of a network. */
  login(network: string): LoginDoor;
  /** The name that the log gives to a request; null where no network would see it. */
  operation(request: Pick<SandboxRequest, 'method' | 'target' | 'headers' | 'body'>): { network: string; operation: string } | null;
  /** Forgets posts, calls, faults and work in progress; the linked accounts too if asked. Every network behaves as at first. */
  reset(options?: { readonly accounts?: boolean }): void;
  /** Does what `drop_then_do` put off and whose time has come. Every request does so first; a server calls it on time. */
  settle(): Promise<void>;
  /** Milliseconds until `settle` has something to do; null: nothing is put off. */
  untilSettle(): number | null;
}

interface Deferred {
  readonly due: number;
  readonly run: () => Promise<unknown>;
  running: Promise<unknown> | null;
}

/** Makes a sandbox with every stand-in of `networks.ts`. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, baseUrl } = options;
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref()));
  const faults = createFaults();
  const networks = new Map<string, { standIn: StandIn; conduct: Conduct; calls: { -readonly [Key in keyof LoggedCall]: LoggedCall[Key] }[] }>();
  for (const [network, entry] of Object.entries(standIns)) {
    const { create, app } = entry;
    const loginApp = loginAppOf(entry, options.apps);
    const surroundings = {
      clock,
      fetch: options.fetch ?? httpFetch,
      app: options.apps?.[network] ?? app,
      ...(loginApp !== undefined && { loginApp }),
      baseUrl: `${baseUrl}/${network}`,
    };
    const conduct = createConduct(surroundings, { processingSeconds: options.processingSeconds, caps: options.caps?.[network] ?? {} });
    networks.set(network, { standIn: create(conduct.world), conduct, calls: [] });
  }
  let deferred: Deferred[] = [];
  /** Counts resets: what was held before one is not done after it. */
  let generation = 0;

  function find(network: string) {
    const found = networks.get(network);
    if (found === undefined) {
      throw new SandboxError(`The sandbox has no network ${JSON.stringify(network)}: ${[...networks.keys()].join(', ')}.`);
    }
    return found;
  }

  async function settle(): Promise<void> {
    const now = clock.now().getTime();
    for (const deed of deferred.filter(({ due }) => due <= now).toSorted((a, b) => a.due - b.due)) {
      deed.running ??= deed.run();
      await deed.running;
      deferred = deferred.filter((other) => other !== deed);
    }
  }

  /** What the network does and says under a fault; null: the caller hears nothing. */
  async function act(standIn: StandIn, call: Call, fault: Fault | null): Promise<Answer | null> {
    switch (fault?.effect) {
      case undefined:
        return standIn.handle(call);
      case 'refuse': {
        const { status, headers, body } = fault;
        return typeof body === 'string' ? { status, headers, body } : json(status, body, headers);
      }
      case 'delay': {
        // Held first, done then: also for a caller who has hung up in between, as a slow network would.
        const before = generation;
        await sleep(fault.ms);
        return generation === before ? standIn.handle(call) : null;
      }
      case 'drop_before':
        return null;
      case 'drop_midway':
        breakOff(standIn, { ...call, body: call.body.subarray(0, fault.bytes) });
        return null;
      case 'drop_after':
        await standIn.handle(call);
        return null;
      case 'drop_then_do':
        deferred.push({ due: clock.now().getTime() + fault.ms, run: () => standIn.handle(call), running: null });
        return null;
    }
  }

  const sandbox: Sandbox = {
    networks: [...networks.keys()],
    baseUrl,
    faults,
    settle,

    async handle(request) {
      await settle();
      const place = locate(request);
      if (place === null) return answer(json(400, { error: 'The target of the request is not a path.' }));
      if (place.network === '_sandbox') return answer(await handleControl(sandbox, place.call));
      const found = networks.get(place.network);
      if (found === undefined) return answer(json(404, { error: `Nothing is here. Networks: ${sandbox.networks.join(', ')}.` }));
      const { standIn, calls } = found;
      const operation = standIn.operation(place.call);
      const entry: (typeof calls)[number] = {
        operation,
        status: null,
        at: clock.now().toISOString(),
        method: request.method,
        path: `/${place.network}${place.call.path}`,
        fault: null,
      };
      calls.push(entry);
      if (request.cutShort === true) {
        breakOff(standIn, place.call);
        return { kind: 'cut' };
      }
      const fault = faults.take(place.network, operation);
      entry.fault = fault?.effect ?? null;
      const given = fault === null && isRestricted(found, operation) ? (standIn.restriction?.refusal().answer ?? null) : await act(standIn, place.call, fault);
      if (given === null) return { kind: 'cut' };
      entry.status = given.status;
      return answer(given);
    },

    async posts(network) {
      await settle();
      return find(network).standIn.posts();
    },

    async calls(network) {
      await settle();
      return find(network).calls.map((call) => ({ ...call }));
    },

    operations: (network) => find(network).standIn.operations,

    addFault(fault) {
      const parsed = faultSchema.parse(fault);
      const { operations } = find(parsed.network).standIn;
      if (parsed.operation !== undefined && !operations.includes(parsed.operation)) {
        throw new SandboxError(`${parsed.network} has no operation ${JSON.stringify(parsed.operation)}: ${operations.join(', ')}.`);
      }
      faults.add(parsed);
    },

    addAccount: (network, account) => find(network).standIn.addAccount(account),

    behaviour: (network) => find(network).conduct.now(),

    behave(network, changes) {
      const { standIn, conduct } = find(network);
      const parsed = behaviourSchema.parse(changes);
      if (parsed.restricted === true && standIn.restriction === undefined) throw new SandboxError(`How ${network} refuses a restricted account is not known.`);
      if (parsed.refreshTokens === false && standIn.login.dialect.refreshByApproval !== true) throw new SandboxError(`${network} gives every app refresh tokens, or none.`);
      conduct.change(parsed);
    },

    login: (network) => find(network).standIn.login,

    operation(request) {
      const place = locate(request);
      const found = place === null ? undefined : networks.get(place.network);
      return place === null || found === undefined ? null : { network: place.network, operation: found.standIn.operation(place.call) };
    },

    reset(what) {
      generation += 1;
      faults.clear();
      deferred = [];
      for (const { standIn, conduct, calls } of networks.values()) {
        standIn.reset(what);
        conduct.reset();
        calls.length = 0;
      }
    },

    untilSettle() {
      if (deferred.length === 0) return null;
      return Math.max(0, Math.min(...deferred.map(({ due }) => due)) - clock.now().getTime());
    },
  };
  return sandbox;
}

function isRestricted({ standIn, conduct }: { readonly standIn: StandIn; readonly conduct: Conduct }, operation: string): boolean {
  return conduct.now().restricted && standIn.restriction?.operations.includes(operation) === true;
}

/** A call whose body broke off. One that would have been refused leaves nothing behind. */
function breakOff(standIn: StandIn, call: Call): void {
  try {
    standIn.cutShort?.(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function answer(given: Answer): Handled {
  return { kind: 'answer', answer: given };
}

/** Which network a request is for, and the call without the network's prefix. */
function locate(request: SandboxRequest): { network: string; call: Call } | null {
  if (!request.target.startsWith('/') || !URL.canParse(request.target, 'http://sandbox')) return null;
  const url = new URL(request.target, 'http://sandbox');
  const [, network = '', path = ''] = /^\/([^/]*)(.*)$/s.exec(withWellKnownLast(url.pathname)) ?? [];
  const { method, headers, body } = request;
  return { network, call: { method, path, query: url.searchParams, headers, body } };
}

/**
 * Clients look for what a server with a path says of itself at `/.well-known/<name><path>` (RFC 8414 section 3.1, RFC 9728): here it is
 * at `<path>/.well-known/<name>`, as are all others.
 */
function withWellKnownLast(path: string): string {
  return path.replace(/^(\/\.well-known\/[\w-]+)(\/.+)$/su, '$2$1');
}
