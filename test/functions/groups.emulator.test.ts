import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestamp } from '../../core/clock.ts';
import { tenantOf } from '../../core/tenants.ts';
import type { Answer } from '../../functions/common/answer.ts';
import { recordPorts } from '../../functions/common/record-ports.ts';
import { tableSchema } from '../../store/schema.ts';
import { lambdaContext, proxyEvent } from './support/event.ts';
import type { TestRequest } from './support/event.ts';
import { startIssuer } from './support/issuer.ts';
import type { TestIssuer } from './support/issuer.ts';

/** The handlers as Lambda loads them: wired from their environment to a table and a bucket of their own. */

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<Answer>;

const MiB = 1024 * 1024;
const run = randomUUID().slice(0, 8);
const tableName = `groups-${run}`;
const bucketName = `groups-${run}`;
const dynamo = new DynamoDBClient({});
const s3 = new S3Client({});

let issuer: TestIssuer;
let handlers: Readonly<Record<'keys' | 'sessions' | 'read' | 'write', Handler>>;
let jwt: string;
let accountId: string;

const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

beforeAll(async () => {
  issuer = await startIssuer();
  Object.assign(process.env, {
    TABLE_NAME: tableName,
    BUCKET_NAME: bucketName,
    PACE: 'short',
    IDENTITY: JSON.stringify({ issuer: issuer.url, audience: 'dashboard', jwksUri: null }),
    METRICS_NAMESPACE: 'Fanfare/test',
    ERROR_DOCS_URL: 'https://docs.example/errors',
    ORIGINS: '["*"]',
    PLAN: JSON.stringify({ deliveriesPerMonth: 1_000, requestsPerSecond: 1_000, burst: 1_000 }),
  });
  const { partitionKey, sortKey, indexes } = tableSchema;
  const all = [partitionKey, sortKey, ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])];
  await dynamo.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: all.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys(partitionKey, sortKey),
      GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
        IndexName: index.name,
        KeySchema: keys(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  await s3.send(new CreateBucketCommand({ Bucket: bucketName }));
  handlers = {
    keys: (await import('../../functions/http/groups/keys.ts')).handler,
    sessions: (await import('../../functions/http/groups/sessions.ts')).handler,
    read: (await import('../../functions/http/groups/uploads-read.ts')).handler,
    write: (await import('../../functions/http/groups/uploads-write.ts')).handler,
  };
  jwt = await issuer.sign({ iss: issuer.url, sub: 'alice', aud: 'dashboard', exp: Math.floor(Date.now() / 1000) + 600 });
  const { store, ids } = recordPorts();
  accountId = ids.next('acc');
  await store.putAccount({
    accountId,
    tenantId: tenantOf(issuer.url, 'alice'),
    network: 'youtube',
    externalId: `channel-${run}`,
    name: 'Alice',
    health: 'active',
    healthSince: timestamp(new Date()),
    healthReason: null,
    profile: null,
    scopes: [],
    limits: {},
    defaults: {},
    tokens: { v: 1, dataKey: 'x', iv: 'x', ciphertext: 'x', tag: 'x' },
    tokenVersion: 1,
    tokenEnds: null,
    accessEnds: null,
    renewAt: null,
    lease: null,
    createdAt: timestamp(new Date()),
  });
});

afterAll(async () => {
  await issuer.close();
  await dynamo.send(new DeleteTableCommand({ TableName: tableName }));
});

async function call(group: keyof typeof handlers, request: TestRequest & { json?: unknown }) {
  const event = proxyEvent({
    ...request,
    ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
    headers: { ...(request.json === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers },
  });
  const answer = await handlers[group](event, lambdaContext());
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- shapes are checked by the tests in process
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

describe('the deployed handlers', () => {
  it('take a file in parts from the first call of a person to the history', async () => {
    const made = await call('keys', { path: '/api-keys/generate', headers: { Authorization: `Bearer ${jwt}` }, json: { name: 'first' } });
    expect(made.status).toBe(201);
    const headers = { 'X-Api-Key': made.body.key };

    const fileSize = 5 * MiB + 1_000;
    const file = { fileName: 'clip.mp4', fileSize, contentType: 'video/mp4' };
    const json = { title: 'Spring launch', accounts: [accountId], ...file, partSize: 5 * MiB };
    const opened = await call('sessions', { path: '/api/upload/multipart', headers, json });
    expect(opened).toMatchObject({ status: 201, body: { partCount: 2 } });
    const sizes = [5 * MiB, 1_000];
    const parts: { partNumber: number; eTag: string | null }[] = [];
    for (const { partNumber, url } of opened.body.parts) {
      const sent = await fetch(url, { method: 'PUT', body: new Uint8Array(sizes[partNumber - 1] ?? 0) });
      expect(sent.status).toBe(200);
      parts.push({ partNumber, eTag: sent.headers.get('etag') });
    }
    const { sessionToken } = opened.body;

    const resigned = await call('sessions', { path: '/api/upload/multipart', headers, json: { sessionToken, partNumbers: [2] } });
    expect(resigned).toMatchObject({ status: 200, body: { parts: [{ partNumber: 2 }] } });
    const refused = await call('write', { path: '/api/upload/complete', headers, json: { sessionToken, parts: parts.slice(1) } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });

    const [first, second] = await Promise.all([
      call('write', { path: '/api/upload/complete', headers, json: { sessionToken, parts } }),
      call('write', { path: '/api/upload/complete', headers, json: { sessionToken, parts } }),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.uploadId).toBe(first.body.uploadId);
    const other = await call('write', { path: '/api/upload/complete', headers, json: { sessionToken, parts: parts.toReversed().slice(1) } });
    expect(other).toMatchObject({ status: 409, body: { code: 'session_state' } });

    const path = `/api/upload/${first.body.uploadId}/status`;
    const status = await call('read', { method: 'GET', path, headers });
    const accounts = [{ accountId, platform: 'youtube', status: 'Processing' }];
    expect(status).toMatchObject({ status: 200, body: { status: 'Processing', accounts } });
    const history = await call('read', { method: 'GET', path: '/uploads', headers: { Authorization: `Bearer ${jwt}` } });
    expect(history).toMatchObject({ status: 200, body: { total: 1, items: [{ uploadId: first.body.uploadId }] } });
  });

  it('take a file in one form, and abort what is staged', async () => {
    const headers = { Authorization: `Bearer ${jwt}` };
    const form = new FormData();
    form.append('title', 'One form');
    form.append('accounts', accountId);
    form.append('file', new File([new Uint8Array(70_000)], 'clip.mp4', { type: 'application/octet-stream' }));
    const request = new Request('http://localhost/', { method: 'POST', body: form });
    const sent = await call('write', {
      path: '/api/upload',
      headers: { ...headers, 'content-type': request.headers.get('content-type') ?? '' },
      body: new Uint8Array(await request.arrayBuffer()),
    });
    expect(sent).toMatchObject({ status: 202, body: { status: 'Processing' } });

    const metadata = { title: 'Never', accounts: [accountId], fileName: 'clip.mp4', fileSize: 9, contentType: 'video/mp4' };
    const opened = await call('sessions', { path: '/api/upload/presign-put', headers, json: metadata });
    const { sessionToken, uploadUrl } = opened.body;
    expect((await fetch(uploadUrl, { method: 'PUT', body: new Uint8Array(9), headers: opened.body.headers })).status).toBe(200);
    expect((await call('sessions', { path: '/api/upload/abort', headers, json: { sessionToken } })).status).toBe(200);
    expect((await call('write', { path: '/api/upload/complete', headers, json: { sessionToken, parts: [] } })).status).toBe(409);
    expect((await fetch(uploadUrl, { method: 'PUT', body: new Uint8Array(9) })).status).toBe(404);
  });
});
