import { join } from 'node:path';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import type { Account, Upload } from '../core/model.ts';
import type { Connector } from '../core/ports/index.ts';
import { runStep } from '../core/publishing/run-step.ts';
import type { StepPorts } from '../core/publishing/step.ts';
import { times } from '../core/times.ts';
import { newDelivery } from '../core/uploads/delivery.ts';
import { cursorAt } from '../core/uploads/cursor.ts';
import { listUploads, type UploadFilters } from '../core/uploads/list.ts';
import { findUpload } from '../core/uploads/read.ts';
import { clientSettings } from '../local/aws.ts';
import { startEmulator } from '../local/emulator.ts';
import { localDirectory } from '../local/paths.ts';
import { memoryMedia } from '../media/memory.ts';
import { itemOfDelivery } from '../store/dynamodb/delivery-item.ts';
import { itemOfUpload } from '../store/dynamodb/upload-item.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { keys } from '../store/keys.ts';
import { memoryCipher } from '../store/memory-cipher.ts';
import { at, newAccount, newId, newSession, newUpload } from '../test/store/conformance/records.ts';
import { createTable } from '../test/store/table.ts';
import { counted } from './counted.ts';
import { median, type Figure } from './figure.ts';

const FEW = 100;
const MANY = 100_000;
const PAGE_SIZE = 20;
/** DynamoDB: items of one batch. */
const BATCH = 25;
const BATCHES_AT_ONCE = 8;
const WARM_UPS = 1;
/** Few, since the emulator looks through the whole index for each page, which takes it seconds. */
const RUNS = 7;

const everything: UploadFilters = { status: null, accountId: null, network: null, text: null, from: null, to: null };

/**
 * What the length of a tenant's history costs: requests to DynamoDB for a status, a page and the steps of a publish at 100 and at
 * 100,000 uploads, and the time of the page at the end of 100,000 against the first, in turn. On a table of its own.
 */
export async function readFigures(say: (sentence: string) => void): Promise<readonly Figure[]> {
  const emulator = await startEmulator({ directory: join(localDirectory, 'bench-reads'), onWork: say });
  const settings = clientSettings({ endpoint: emulator.endpoint });
  const table = await createTable(settings);
  const { client, requests } = counted(table.clientWith(settings));
  try {
    const store = dynamoStore({ client, tableName: table.tableName });
    const ports = stepPorts(store);
    const few = await seed(ports, client, table.tableName, FEW);
    const many = await seed(ports, client, table.tableName, MANY);

    const works: Readonly<Record<string, (history: History) => Promise<unknown>>> = {
      'a status': ({ tenantId, newest }) => findUpload({ store }, tenantId, newest.uploadId),
      'a cursor page': ({ tenantId, newest }) => pageAt(store, tenantId, newest),
      'a transfer step': (history) => step(ports, 'transfer', history),
      'a publish step': (history) => step(ports, 'publish', history),
    };
    const figures: Figure[] = [];
    for (const [name, work] of Object.entries(works)) {
      const costs: number[] = [];
      for (const history of [few, many]) costs.push(await requests(() => work(history)));
      const [atFew = 0, atMany = 0] = costs;
      say(`DynamoDB requests of ${name}: ${atFew} at ${FEW} uploads, ${atMany} at ${MANY}`);
      figures.push({ name: `DynamoDB requests of ${name}, ${MANY} uploads against ${FEW}`, value: atMany / atFew, unit: 'x', goal: { max: 1 } });
    }
    return [...figures, await endAgainstStart(store, many)];
  } finally {
    await table.drop();
    await emulator.stop();
  }
}

interface History {
  readonly tenantId: string;
  readonly account: Account;
  /** The newest upload, and the one after which the last page begins. */
  readonly newest: Upload;
  readonly beforeLastPage: Upload;
}

/** The history of a new tenant, a second between uploads, each to one account; as creation writes it. */
async function seed(ports: StepPorts, client: DynamoDBDocumentClient, tableName: string, count: number): Promise<History> {
  const tenantId = `ten_${newId()}`;
  const accountId = `acc_${newId()}`;
  const tokens = await ports.cipher.seal(JSON.stringify({ accessToken: 'a', refreshToken: null, expiresAt: null, scopes: [] }), { tenantId, accountId });
  const account = newAccount({ tenantId, accountId, tokens, network: 'bench', limits: {} });
  await ports.store.putAccount(account);

  const batches = function* (): Generator<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [{ ...keys.totals(tenantId), uploads: count, deliveries: count }];
    for (let n = 0; n < count; n += 1) {
      const upload = uploadOf(tenantId, n);
      const delivery = newDelivery(upload, account);
      items.push({ ...keys.upload(upload.uploadId), ...itemOfUpload(upload) });
      items.push({ ...keys.delivery(upload.uploadId, accountId), ...itemOfDelivery(delivery, 0, upload.createdAt) });
      if (items.length + 2 <= BATCH) continue;
      yield items;
      items = [];
    }
    if (items.length > 0) yield items;
  };
  const waiting = batches();
  const worker = async (): Promise<void> => {
    for (const items of waiting) {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) } }));
      if (Object.keys(answer.UnprocessedItems ?? {}).length > 0) throw new Error('The table did not take a whole batch.');
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
  return { tenantId, account, newest: uploadOf(tenantId, count - 1), beforeLastPage: uploadOf(tenantId, PAGE_SIZE) };
}

/** The n-th upload of a tenant; its id follows from both. */
function uploadOf(tenantId: string, n: number): Upload {
  const uploadId = `upl_${tenantId.slice(-20, -6)}${String(n).padStart(12, '0')}`;
  const session = newSession({ tenantId, uploadId });
  return newUpload(session, { createdAt: at(n), assembly: null });
}

function pageAt(store: StepPorts['store'], tenantId: string, after: Upload): ReturnType<typeof listUploads> {
  const cursor = cursorAt(after, { tenantId, ...everything });
  return listUploads({ store, clock: systemClock }, tenantId, { ...everything, pageSize: PAGE_SIZE, at: { cursor } });
}

async function endAgainstStart(store: StepPorts['store'], { tenantId, newest, beforeLastPage }: History): Promise<Figure> {
  const durations: Record<'start' | 'end', number[]> = { start: [], end: [] };
  for (let run = 0; run < WARM_UPS + RUNS; run += 1) {
    for (const [name, after] of [['start', newest], ['end', beforeLastPage]] as const) {
      const began = performance.now();
      const { uploads } = await pageAt(store, tenantId, after);
      const duration = performance.now() - began;
      if (uploads.length !== PAGE_SIZE) throw new Error(`A page has ${uploads.length} uploads, not ${PAGE_SIZE}.`);
      if (run >= WARM_UPS) durations[name].push(duration);
    }
  }
  const value = median(durations.end) / median(durations.start);
  return { name: `cursor page at the end of ${MANY} uploads, against the first`, value, unit: 'x', goal: { max: 1.2 } };
}

/** A step on the newest upload, as the state machine runs it. */
function step(ports: StepPorts, role: 'transfer' | 'publish', { newest: { uploadId }, account: { accountId } }: History) {
  return runStep(ports, role, { v: 1, uploadId, accountId, revision: 1, steps: 0, waitedFor: 0, execution: `bench-${role}` });
}

/** A network that takes everything at once. */
const connector: Connector = {
  network: 'bench',
  checkpointVersion: 1,
  visibilityDelay: 0,
  violations: () => [],
  transfer: () => Promise.resolve({ kind: 'ready', checkpoint: {} }),
  compose: ({ upload }) => ({ title: upload.title }),
  publish: async (_work, _body, tools) => {
    await tools.sendOnce({ method: 'POST', url: 'https://bench.invalid/', headers: {} });
    return { kind: 'published', externalId: '1', externalUrl: null };
  },
  confirm: () => Promise.reject(new Error('Nothing is open.')),
  refresh: () => Promise.reject(new Error('No token ends.')),
};

function stepPorts(store: StepPorts['store']): StepPorts {
  return {
    store,
    media: memoryMedia({ clock: systemClock }),
    cipher: memoryCipher(),
    networks: {
      connector: () => connector,
      settings: () => Promise.resolve({ endpoints: {}, app: { clientId: '', clientSecret: '' } }),
    },
    transport: { send: () => Promise.resolve({ kind: 'answered', answer: { status: 200, headers: {}, body: '' } }) },
    clock: systemClock,
    ids: ulidIds(systemClock),
    times: times.standard,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    sleep: () => Promise.resolve(),
    random: Math.random,
  };
}
