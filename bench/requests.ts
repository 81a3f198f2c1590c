import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import { generateApiKey } from '../core/keys.ts';
import { scopes } from '../core/model.ts';
import { openSession } from '../core/sessions.ts';
import { times } from '../core/times.ts';
import type { UploadPorts } from '../core/uploads/ports.ts';
import { groupHandler } from '../functions/common/group.ts';
import { presignPut } from '../functions/http/native/presign-put.ts';
import { clientSettings } from '../local/aws.ts';
import { startEmulator } from '../local/emulator.ts';
import { localDirectory } from '../local/paths.ts';
import { memoryMedia } from '../media/memory.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { lambdaContext, proxyEvent } from '../test/functions/support/event.ts';
import { newAccount } from '../test/store/conformance/records.ts';
import { createTable } from '../test/store/table.ts';
import { counted } from './counted.ts';
import { median, type Figure } from './figure.ts';

const WARM_UPS = 10;
const RUNS = 101;

const defaultPlan = { deliveriesPerMonth: 1_000_000, requestsPerSecond: 100_000, burst: 1_000_000 };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * What authentication, rate limit and idempotency add to a request that opens a session: requests to DynamoDB and time, against
 * the use case alone, in turn. On a table of its own; storage is in memory, so that nothing else is measured.
 */
export async function requestFigures(say: (sentence: string) => void): Promise<readonly Figure[]> {
  const emulator = await startEmulator({ directory: join(localDirectory, 'bench-requests'), onWork: say });
  const settings = clientSettings({ endpoint: emulator.endpoint });
  const table = await createTable(settings);
  const { client, requests } = counted(table.clientWith(settings));
  try {
    const store = dynamoStore({ client, tableName: table.tableName });
    const ids = ulidIds(systemClock);
    const ports: UploadPorts = {
      store,
      media: memoryMedia({ clock: systemClock }),
      clock: systemClock,
      ids,
      times: times.standard,
      log,
      defaultPlan,
      networks: { connector: () => ({ violations: () => [] }) },
    };
    const account = newAccount();
    const { tenantId, accountId } = account;
    await store.putAccount(account);
    const { key } = await generateApiKey(ports, { tenantId, name: null, scopes, expiresAt: null });
    const authenticator = { store, clock: systemClock, defaultPlan, verifyToken: () => Promise.reject(new Error('Nobody has a session here.')) };
    const handler = groupHandler(
      { authenticator, times: times.standard, docsUrl: 'https://docs.example/errors', origins: ['*'], log: () => log },
      () => ports,
      [presignPut],
    );

    const file = { fileName: 'clip.mp4', fileSize: 1_000, contentType: 'video/mp4', sha256: null };
    const request = { title: 'Spring launch', accounts: [accountId], ...file };
    const metadata = { title: request.title, accounts: [accountId], description: null, scheduledOn: null, options: {}, onViolation: 'reject' } as const;
    const send = async (headers: Readonly<Record<string, string>>): Promise<void> => {
      const event = proxyEvent({
        path: '/api/upload/presign-put',
        headers: { 'Content-Type': 'application/json', 'X-Api-Key': key, ...headers },
        body: JSON.stringify(request),
      });
      const { statusCode, body } = await handler(event, lambdaContext());
      if (statusCode !== 201) throw new Error(`The request was answered with ${statusCode}: ${body}`);
    };
    const ways = {
      bare: () => openSession(ports, tenantId, { metadata, file, parts: 'single' }),
      whole: () => send({ 'Idempotency-Key': randomUUID() }),
      unnamed: () => send({}),
    };
    const measured = { bare: [] as number[], whole: [] as number[], unnamed: [] as number[] };
    const sent = { bare: 0, whole: 0, unnamed: 0 };
    for (let run = 0; run < RUNS + WARM_UPS; run += 1) {
      for (const name of ['bare', 'whole', 'unnamed'] as const) {
        const start = performance.now();
        const count = await requests(ways[name]);
        if (run < WARM_UPS) continue;
        measured[name].push(performance.now() - start);
        sent[name] = Math.max(sent[name], count);
      }
    }
    const [bare, whole] = [median(measured.bare), median(measured.whole)];
    say(`a session opened: ${bare.toFixed(1)} ms bare, ${median(measured.unnamed).toFixed(1)} ms with authentication and rate, ${whole.toFixed(1)} ms with an Idempotency-Key too`);
    return [
      { name: 'DynamoDB requests added by authentication and rate', value: sent.unnamed - sent.bare, unit: 'requests', goal: { max: 2 } },
      { name: 'DynamoDB requests added by those and idempotency', value: sent.whole - sent.bare, unit: 'requests', goal: { max: 3 } },
      { name: 'time of the whole request, against the bare use case', value: whole / bare, unit: 'x', goal: { max: 4 } },
    ];
  } finally {
    await table.drop();
    await emulator.stop();
  }
}
