import { StoreBusy, type Ports } from '../../../core/ports/index.ts';

/** One call of a worker to one of its ports. */
export interface PortCall {
  /** Counted over all workers of a simulation. */
  readonly index: number;
  readonly invocation: number;
  readonly state: string;
  /** Whose delivery a step works on; null in a state of the whole upload. */
  readonly accountId: string | null;
  /** `store.arm`, `transport.send`, `sleep`. */
  readonly name: string;
}

/** What befalls it. */
export type Mishap =
  | 'die_before'
  | 'die_after'
  /** The caller believes that the worker died; it goes on. */
  | 'believed_dead'
  /** Nothing is written, and the store says so. */
  | 'busy'
  /** It is done, and the worker does not hear so. */
  | 'answer_lost'
  /** The worker stands still so many seconds before the call. */
  | { readonly stall: number };

export interface Worker {
  readonly ports: Ports;
  /** Settles when whoever invoked the worker gives it up. */
  readonly lost: Promise<void>;
  /** Settles when it does nothing any more. */
  readonly dead: Promise<void>;
  kill(): void;
  /** Another port as this worker has it. */
  wrapped<Port extends object>(name: string, port: Port): Port;
}

interface WorkerOptions {
  readonly invocation: number;
  readonly state: string;
  readonly accountId: string | null;
  readonly skew: number;
  /** The index of the next call. */
  readonly next: () => number;
  readonly mishap?: (call: PortCall) => Mishap | undefined;
}

/** The ports as one worker has them: each call may be its last, and its clock may be wrong. */
export function workerPorts(ports: Ports, options: WorkerOptions): Worker {
  let alive = true;
  const dead = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<void>();
  const kill = (): void => {
    alive = false;
    dead.resolve();
    lost.resolve();
  };

  const call = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    if (!alive) return never();
    const { invocation, state, accountId } = options;
    const index = options.next();
    const mishap = options.mishap?.({ index, invocation, state, accountId, name });
    if (mishap === 'die_before') kill();
    if (mishap === 'believed_dead') lost.resolve();
    if (typeof mishap === 'object') await ports.sleep(mishap.stall);
    if (!alive) return never();
    if (mishap === 'busy' && name.startsWith('store.')) throw new StoreBusy('throttled');
    const result = await run();
    if (mishap === 'die_after') kill();
    if (!alive) return never();
    if (mishap === 'answer_lost' && name.startsWith('store.')) throw new Error('The answer of the table was lost.');
    return result;
  };

  const wrapped = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function' || typeof property !== 'string') return member;
        return (...parameters: unknown[]) => call(`${name}.${property}`, async () => Reflect.apply(member, target, parameters));
      },
    });

  return {
    lost: lost.promise,
    dead: dead.promise,
    kill,
    wrapped,
    ports: {
      ...ports,
      store: wrapped('store', ports.store),
      media: wrapped('media', ports.media),
      cipher: wrapped('cipher', ports.cipher),
      transport: wrapped('transport', ports.transport),
      events: wrapped('events', ports.events),
      executions: wrapped('executions', ports.executions),
      clock: { now: () => new Date(ports.clock.now().getTime() + options.skew * 1000) },
      sleep: (seconds) => call('sleep', () => ports.sleep(seconds)),
    },
  };
}

/** Of a process that is gone: nothing comes after, also no `catch` and no `finally`. */
function never<Result>(): Promise<Result> {
  return new Promise<Result>(() => undefined);
}
