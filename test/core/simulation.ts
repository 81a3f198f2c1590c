import type { Delivery } from '../../core/model.ts';
import type { Ports, Store } from '../../core/ports/index.ts';
import { runStep } from '../../core/publishing/run-step.ts';
import type { LookUps } from '../../core/reconcile/ports.ts';
import { reconcile, type ReconcileReport } from '../../core/reconcile/reconcile.ts';
import { times as paces, type Times } from '../../core/times.ts';
import { claim } from '../../core/workflow/claim.ts';
import { finish } from '../../core/workflow/finish.ts';
import { inspect } from '../../core/workflow/inspect.ts';
import { due } from '../../core/workflow/due.ts';
import { needsWork } from '../../core/sequels.ts';
import { recordFailure } from '../../core/workflow/record-failure.ts';
import type { ClaimInput, Job, Plan, StepInput, StepResult } from '../../core/workflow.ts';
import { memoryMedia, type MemoryMedia } from '../../media/memory.ts';
import { memoryStore } from '../../store/memory.ts';
import { createRecords, plainCipher, type Records } from './support/records.ts';
import { testNetwork, type TestNetwork, type TestNetworkOptions } from './support/test-network.ts';
import { virtualTime, type VirtualTime } from './support/virtual-time.ts';
import { workerPorts, type Mishap, type PortCall, type Worker } from './support/worker.ts';

/**
 * The state machines as they behave, in one process and in virtual time: claim, inspect, wait, map over the deliveries with a
 * child each, finish; tasks with a bounded retry and a catch; functions that live so long and are then killed. What can befall
 * them is the caller's choice.
 */
export interface SimulationOptions extends Records {
  readonly times?: Times;
  readonly network?: Omit<TestNetworkOptions, 'time'>;
  /** What befalls a call of a worker to one of its ports. */
  readonly mishap?: (call: PortCall) => Mishap | undefined;
  /** Whether an invocation is made twice, and which of the two the machine listens to. */
  readonly twin?: (invocation: number) => 'first' | 'second' | undefined;
  /** Seconds by which the clock of an invocation's worker is ahead. */
  readonly skew?: (invocation: number) => number;
  /** How often a task of the machine is tried again; as the definition says unless given. */
  readonly retries?: number;
  /** Whether the nth event about a new object arrives; unless given, they all do. */
  readonly eventArrives?: (nth: number) => boolean;
  /** Whether an execution ends without a word after so many invocations of all, as one that was stopped. */
  readonly vanishes?: (invocations: number) => boolean;
  /** The machine waits only so much of what it is told to wait over an armed attempt: 1 is what the guard demands. */
  readonly obedience?: number;
}

export interface Simulation {
  readonly time: VirtualTime;
  readonly network: TestNetwork;
  /** Store and media without mishaps. */
  readonly store: Store;
  readonly media: MemoryMedia;
  /** The first upload, or the only one. */
  readonly uploadId: string;
  readonly events: readonly string[];
  /** Messages of the log, as `level message`. */
  readonly logged: readonly string[];
  /** `state` of each invocation, in order. */
  readonly invocations: readonly string[];
  /** Ports as a worker without mishaps has them. */
  readonly ports: Ports;
  /** How many port calls were made. */
  calls(): number;
  /** Starts an execution for the first upload, and returns when it has ended. */
  start(predecessor?: string | null): Promise<void>;
  /**
   * Starts an execution for each upload and lets time pass until all is at rest; starts others for what was left, as reconcile
   * does. Throws if that has no end.
   */
  runToRest(): Promise<void>;
  /** Of all uploads. */
  deliveries(): Promise<readonly Delivery[]>;
  /** Runs a request in a worker of the API. Undefined: the worker died, or was killed at the end of its life. */
  request<Result>(run: (ports: Ports) => Promise<Result>): Promise<Result | undefined>;
  /** Counts an upload among those of this world that a request has made. */
  adopt(uploadId: string): void;
  /** One run of the reconcile job. Undefined: its worker died. */
  reconcile(): Promise<ReconcileReport | undefined>;
  /** Runs the job whenever something is due, until nothing is looked after any more. Throws if that has no end. */
  reconcileToRest(): Promise<void>;
}

/** Retry of the definition: so many times, after 1, 2, 4, … seconds. */
const RETRIES = 4;

export async function simulation(options: SimulationOptions = {}): Promise<Simulation> {
  const time = virtualTime();
  const times = options.times ?? paces.standard;
  const network = testNetwork({ time, ...options.network });
  const store = memoryStore();
  const media = withEvents(memoryMedia({ clock: time }), (objectKey) => {
    const nth = (arrivals += 1);
    if (options.eventArrives?.(nth) === false) return;
    background.push(time.sleep(1).then(() => runExecution(`event-${nth}`, { v: 1, objectKey })));
  });
  const logged: string[] = [];
  const events: string[] = [];
  const invocations: string[] = [];
  const background: Promise<unknown>[] = [];
  let calls = 0;
  let executions = 0;
  let ids = 0;
  let arrivals = 0;
  /** Executions that were ever started, that have not ended, and that were stopped, by name. */
  const names = new Set<string>();
  const running = new Set<string>();
  const stopped = new Set<string>();

  const log = (level: string) => (message: string) => void logged.push(`${level} ${message}`);
  const ports: Ports = {
    store,
    media,
    cipher: plainCipher,
    networks: {
      connector: (name) => (name === 'testnet' ? network.connector : undefined),
      settings: () => Promise.resolve({ endpoints: { api: 'https://testnet' }, app: { clientId: 'app', clientSecret: 'secret' } }),
    },
    transport: network.transport,
    events: { uploadFinished: (event) => Promise.resolve(void events.push(`r${event.revision} ${event.status}`)) },
    executions: {
      start: async ({ name, input }) => {
        if (names.has(name)) return 'already';
        background.push(runExecution(name, input));
        return 'started';
      },
      stop: async (execution) => void stopped.add(execution),
      isRunning: async (execution) => running.has(execution) && !stopped.has(execution),
    },
    clock: time,
    ids: { next: (prefix) => `${prefix}_${String((ids += 1)).padStart(26, '0')}` },
    times,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    sleep: (seconds) => time.sleep(seconds),
    random: () => 0.5,
  };
  const uploadIds = [...(await createRecords(ports, options))];
  const [uploadId = ''] = uploadIds;

  const failure: Task = { state: 'failure', life: times.apiFunction };

  /** One invocation of a function: it answers, throws, dies, or is killed at the end of its life. */
  const invokeOnce = async <Result>({ state, life, accountId }: Task, run: (ports: Ports, worker: Worker) => Promise<Result>): Promise<Outcome<Result>> => {
    const invocation = invocations.push(state) - 1;
    const worker: Worker = workerPorts(ports, {
      invocation,
      state,
      accountId: accountId ?? null,
      skew: options.skew?.(invocation) ?? 0,
      next: () => calls++,
      ...(options.mishap === undefined ? {} : { mishap: options.mishap }),
    });
    const answered = run(worker.ports, worker).then(
      (result): Outcome<Result> => ({ result }),
      (error: unknown): Outcome<Result> => ({ error: error instanceof Error ? error.name : 'Error', cause: String(error) }),
    );
    const over = time.sleep(life).then((): Outcome<Result> => {
      worker.kill();
      return { error: 'Sandbox.Timedout', cause: 'the time was over' };
    });
    // A worker that is only believed dead lives on, unheard, to the end of its own time.
    if (options.mishap !== undefined) background.push(Promise.race([answered, over, worker.dead]));
    const lost = worker.lost.then((): Outcome<Result> => ({ error: 'Lambda.Unknown', cause: 'the process died' }));
    return Promise.race([answered, over, lost]);
  };

  const invoke = async <Result>(task: Task, run: (ports: Ports) => Promise<Result>): Promise<Outcome<Result>> => {
    for (let attempt = 0; ; attempt += 1) {
      const listenTo = options.twin?.(invocations.length);
      const both = [invokeOnce(task, run)];
      if (listenTo !== undefined) both.push(invokeOnce(task, run));
      background.push(...both);
      const outcome = await (listenTo === 'second' ? both.at(-1) : both[0]);
      if (outcome === undefined || 'result' in outcome || attempt >= (options.retries ?? RETRIES)) return outcome ?? { error: 'none', cause: '' };
      await time.sleep(2 ** attempt);
    }
  };

  const runChild = async (job: Job): Promise<void> => {
    const { uploadId, accountId, revision } = job;
    let input: StepInput = { v: 1, uploadId, accountId, revision, execution: job.name, steps: 0, waitedFor: 0 };
    let role: 'transfer' | 'publish' = 'transfer';
    for (;;) {
      const life = role === 'transfer' ? times.transferFunction : times.publishFunction;
      const current = role;
      const outcome = await invoke<StepResult>({ state: current, life, accountId }, (own) => runStep(own, current, input));
      let answer: StepResult;
      if ('result' in outcome) {
        answer = outcome.result;
      } else {
        const { waitedFor: _, ...rest } = input;
        const recorded = await invoke({ ...failure, accountId }, (own) => recordFailure(own, { ...rest, ...outcome }));
        // The child fails, and its brothers go on.
        if (!('result' in recorded) || !('steps' in recorded.result)) return;
        answer = recorded.result;
      }
      if (answer.next === 'later' || answer.next === 'done') return;
      const guarded = answer.waitedFor > 0 && answer.waitedFor !== input.waitedFor;
      await time.sleep(answer.afterSeconds * (guarded ? (options.obedience ?? 1) : 1));
      role = answer.next;
      input = { ...input, steps: answer.steps, waitedFor: answer.waitedFor };
    }
  };

  const runExecution = async (execution: string, input: ClaimInput['input']): Promise<void> => {
    names.add(execution);
    running.add(execution);
    try {
      await runStates(execution, input);
    } finally {
      running.delete(execution);
    }
  };

  const gone = (): boolean => options.vanishes?.(invocations.length) === true;

  const runStates = async (execution: string, input: ClaimInput['input']): Promise<void> => {
    const claimed = await invoke({ state: 'claim', life: times.apiFunction }, (own) => claim(own, { execution, input }));
    if (!('result' in claimed) || claimed.result.next === 'end' || gone()) return;
    let state: 'inspect' | 'due' | 'finish' = 'inspect';
    let round = 0;
    for (;;) {
      const here = { v: 1, uploadId: claimed.result.uploadId, round, execution } as const;
      const useCase = { inspect, due, finish }[state];
      const outcome = await invoke<Plan>({ state, life: times.inspectFunction }, (own) => useCase(own, here));
      let next: Plan;
      if ('result' in outcome) {
        next = outcome.result;
      } else {
        const recorded = await invoke(failure, (own) => recordFailure(own, { ...here, ...outcome }));
        if (!('result' in recorded) || 'steps' in recorded.result) return;
        next = recorded.result;
      }
      round = next.round;
      if (stopped.has(execution) || gone()) return;
      switch (next.next) {
        case 'end':
          return;
        case 'renew':
          background.push(begin(here.uploadId, execution));
          return;
        case 'wait':
          await time.sleep((Date.parse(next.waitUntil) - time.now().getTime()) / 1000);
          if (stopped.has(execution)) return;
          state = 'due';
          break;
        case 'publish':
          await Promise.all(next.jobs.map(runChild));
          state = 'finish';
          break;
      }
    }
  };

  const lookUps: LookUps = {
    start: async ({ name, ...delivery }) => {
      if (names.has(name)) return;
      names.add(name);
      background.push(runChild({ ...delivery, name }));
    },
  };

  const runReconcile = async (): Promise<ReconcileReport | undefined> => {
    const outcome = await invokeOnce({ state: 'reconcile', life: times.reconcileFunction }, (own, worker) =>
      reconcile({ ...own, lookUps: worker.wrapped('lookUps', lookUps), renewals: { renew: () => Promise.reject(new Error('No account rests here.')), revoke: () => Promise.reject(new Error('No account is unlinked here.')) } }),
    );
    return 'result' in outcome ? outcome.result : undefined;
  };

  const reconcileToRest = async (): Promise<void> => {
    for (let run = 0; run < 500; run += 1) {
      const [next] = await store.listDue({ now: '9999-01-01T00:00:00Z', limit: 1 });
      if (next === undefined) return;
      // Of the runs of every minute, those that find nothing are left out.
      await time.sleep(Math.max(60, (Date.parse(next.at) - time.now().getTime()) / 1000));
      await runReconcile();
    }
    throw new Error('There is always something left to look after.');
  };

  const begin = (upload: string, predecessor: string | null): Promise<void> =>
    runExecution(`execution-${(executions += 1)}`, { v: 1, uploadId: upload, predecessor });

  /** Until nothing runs any more, also nothing that nobody listens to. */
  const rest = async (): Promise<void> => {
    for (let watched = 0; watched < background.length; ) {
      const now = background.length;
      await Promise.all(background.slice(watched));
      watched = now;
    }
  };

  const bringToRest = async (upload: string): Promise<void> => {
    for (let start = 0; start < 20; start += 1) {
      const record = await store.getUpload(upload);
      if (record !== null && record.upload.claim !== null && !record.deliveries.some(needsWork)) return;
      await begin(upload, record?.upload.claim?.execution ?? null);
      await rest();
    }
    throw new Error('The upload does not come to its end.');
  };

  return {
    time,
    network,
    store,
    media,
    uploadId,
    events,
    logged,
    invocations,
    ports,
    calls: () => calls,
    deliveries: async () => {
      const records = await Promise.all(uploadIds.map((each) => store.getUpload(each)));
      return records.flatMap((record) => record?.deliveries ?? []);
    },
    start: (predecessor = null) => begin(uploadId, predecessor),
    request: async (run) => {
      const outcome = await invokeOnce({ state: 'api', life: times.apiFunction }, run);
      return 'result' in outcome ? outcome.result : undefined;
    },
    adopt: (upload) => void uploadIds.push(upload),
    reconcile: runReconcile,
    reconcileToRest,
    runToRest: async () => {
      await Promise.all(uploadIds.map(bringToRest));
    },
  };
}

interface Task {
  readonly state: string;
  /** Seconds that its function lives. */
  readonly life: number;
  readonly accountId?: string;
}

type Outcome<Result> = { readonly result: Result } | { readonly error: string; readonly cause: string };

/** Storage that reports each object once it is there. */
function withEvents(media: MemoryMedia, report: (objectKey: string) => void): MemoryMedia {
  return {
    ...media,
    completeMultipart: async (request) => {
      const before = await media.head(request.objectKey);
      const outcome = await media.completeMultipart(request);
      if (before === null && outcome === 'done') report(request.objectKey);
      return outcome;
    },
  };
}
