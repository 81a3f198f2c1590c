import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreBusy, type Store } from '../../core/ports/index.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { createUpload, newAccount } from './conformance/records.ts';
import { newWorker, workerFor } from './conformance/worker.ts';
import { injectFaults, onceEach, retries, type Call, type Fault } from './faults.ts';
import { writeEverything, withoutIds, type Calling } from './script.ts';
import { createTable, type TestTable } from './table.ts';

interface Calm {
  readonly answers: readonly unknown[];
  readonly end: readonly unknown[];
}

/** Emulators never conflict and lose nothing: here every request does. */
describe('the store on DynamoDB when requests are refused or lost', () => {
  let table: TestTable;
  /** Of a run in which nothing happens. */
  let calm: Calm;

  /** `tries`: of the SDK, within each of ours. */
  const faulty = (faultOf: (call: Call) => Fault | undefined, tries = 1): Store => {
    const client = table.clientWith(retries(tries));
    injectFaults(client, faultOf);
    return dynamoStore({ client, tableName: table.tableName, sleep: () => Promise.resolve() });
  };

  beforeAll(async () => {
    table = await createTable();
    calm = await run(dynamoStore(table));
  });
  afterAll(() => table.drop());

  it.each<[string, Fault, number]>([
    ['meets a conflict', 'conflict', 1],
    ['is throttled', 'throttle', 1],
    ['meets a transaction that is still running', 'in_progress', 1],
    ['does not arrive, and is sent again by the SDK', 'unsent', 2],
    ['is carried out, but its answer is lost, and it is sent again by the SDK', 'lost', 2],
  ])('answers and ends the same if every request once %s', async (_, fault, tries) => {
    const { answers, end } = await run(faulty(onceEach(fault), tries));
    expect(withoutIds({ answers, end })).toEqual(withoutIds(calm));
  });

  it('answers and ends the same if the answer of every request is lost, and it is then refused for the moment', async () => {
    const met = new Map<string, number>();
    const store = faulty(({ body }) => {
      const n = (met.get(body) ?? 0) + 1;
      met.set(body, n);
      return n === 1 ? 'lost' : n === 2 ? 'conflict' : undefined;
    }, 2);
    const { answers, end } = await run(store);
    expect(withoutIds({ answers, end })).toEqual(withoutIds(calm));
  });

  it.each<[string, Fault, number]>(
    [1, 2, 3].flatMap((n): [string, Fault, number][] => [
      ['never arrives', 'unsent', n],
      ['is carried out, but its answer is lost', 'lost', n],
    ]),
  )('ends the same if of every call a request %s, and the caller repeats the call (%s %i)', async (_, fault, n) => {
    let until = 0;
    let failures = 0;
    const store = faulty(() => {
      until -= 1;
      return until === 0 ? fault : undefined;
    });
    const call: Calling = async (_name, ask) => {
      until = n;
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'socket hang up') throw error;
        failures += 1;
        return ask();
      } finally {
        until = 0;
      }
    };
    const end = await writeEverything(store, call);
    expect(failures).toBeGreaterThan([0, 40, 10, 2][n] ?? 0);
    expect(withoutCounts(withoutIds(end))).toEqual(withoutCounts(withoutIds(calm.end)));
  });

  const twoUploads = async () => {
    const quiet = dynamoStore(table);
    const account = newAccount();
    await quiet.putAccount(account);
    const make = () => createUpload(quiet, { tenantId: account.tenantId, accounts: [account] });
    return { quiet, one: await make(), other: await make() };
  };

  it('says that it is busy when that does not pass, after pauses with jitter up to its bound, and has written nothing', async () => {
    for (const fault of ['conflict', 'throttle', 'in_progress'] as const) {
      const quiet = dynamoStore(table);
      const worker = await newWorker(quiet);
      const fence = await worker.begun();
      const before = await worker.now();
      const client = table.clientWith(retries(1));
      injectFaults(client, ({ operation }) => (operation.startsWith('Get') ? undefined : fault));
      const pauses: number[] = [];
      const sleep = async (seconds: number) => {
        pauses.push(seconds);
      };
      const store = dynamoStore({ client, tableName: table.tableName, sleep, random: () => 0.999, conflictSeconds: 2 });
      const busy = workerFor(store, worker.created);
      for (const write of [() => busy.begin(), () => busy.arm(fence), () => busy.receipt(1), () => createUpload(store)]) {
        pauses.length = 0;
        await expect(write()).rejects.toThrow(StoreBusy);
        expect(pauses[0]).toBeLessThanOrEqual(0.02);
        for (const [n, pause] of pauses.entries()) expect(pause).toBeLessThanOrEqual(Math.min(0.5, 0.02 * 2 ** n));
        const total = pauses.reduce((sum, pause) => sum + pause, 0);
        expect(total).toBeGreaterThan(1);
        expect(total).toBeLessThanOrEqual(2);
      }
      expect(await worker.now()).toEqual(before);
    }
  });

  it('does not try for ever, even if the pauses take no time', async () => {
    let requests = 0;
    const client = table.clientWith(retries(1));
    injectFaults(client, () => {
      requests += 1;
      return 'conflict';
    });
    const store = dynamoStore({ client, tableName: table.tableName, sleep: () => Promise.resolve(), random: () => 0 });
    await expect(store.setAccountHealth({ tenantId: 'ten_1', accountId: 'acc_1', tokenVersion: null, health: 'active', reason: null, at: '2026-04-01T10:00:00Z', name: null })).rejects.toThrow(StoreBusy);
    expect(requests).toBeLessThan(100);
  });

  it('passes on what is neither a refusal nor a condition', async () => {
    const client = table.clientWith(retries(1));
    const store = dynamoStore({ client, tableName: 'there-is-no-such-table' });
    await expect(store.getAccount('ten_1', 'acc_1')).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
    await expect(newWorker(store)).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  });

  describe('between the two writes of a receipt', () => {
    it('a busy account does not hold the receipt up, and the next upload finds the account free', async () => {
      const { quiet, one, other } = await twoUploads();
      await workerFor(quiet, one).armed();
      const worker = workerFor(faulty(onAccount('throttle')), one);
      expect(await worker.receipt(1)).toMatchObject({ moved: true, delivery: { status: 'uploaded' } });
      expect((await quiet.getAccount(one.tenantId, worker.ref.accountId))?.lease).not.toBeNull();
      expect(await workerFor(quiet, other).armed()).toMatchObject({ attempt: 1 });
    });

    it('a worker that dies does not keep its own delivery from the next attempt', async () => {
      const { quiet, one } = await twoUploads();
      const { fence } = await workerFor(quiet, one).armed();
      await expect(workerFor(faulty(onAccount('unsent')), one).disarm(1)).rejects.toThrow('socket hang up');
      expect(await workerFor(quiet, one).arm(fence)).toMatchObject({ moved: true, delivery: { attempt: { n: 2 } } });
    });

    it('a worker that dies leaves an account that the next upload finds free', async () => {
      for (const end of ['receipt', 'disarm', 'giveUp'] as const) {
        const { quiet, one, other } = await twoUploads();
        await workerFor(quiet, one).armed();
        await expect(workerFor(faulty(onAccount('unsent')), one)[end](1)).rejects.toThrow('socket hang up');
        expect(await workerFor(quiet, other).armed()).toMatchObject({ attempt: 1 });
      }
    });
  });
});

/** Fences and revisions count repetitions, and times of what came second. */
function withoutCounts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, each: unknown) => (['fence', 'revision', 'execution', 'stamp'].includes(name) ? 0 : each)));
}

/** The script without further ado: what each call answered, and how everything stood at the end. */
async function run(store: Store): Promise<Calm> {
  const answers: unknown[] = [];
  const call: Calling = async (name, ask) => {
    const answer = await ask();
    answers.push({ name, answer });
    return answer;
  };
  const end = await writeEverything(store, call);
  return { answers, end };
}

/** Writes that tell an account about its delivery. */
function onAccount(fault: Fault): (call: Call) => Fault | undefined {
  return (call) => (call.operation === 'UpdateItem' && call.body.includes('ACCOUNT#') ? fault : undefined);
}
