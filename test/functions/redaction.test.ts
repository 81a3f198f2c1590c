import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Log, Store } from '../../core/ports/index.ts';
import { planInput } from '../../core/workflow.ts';
import { stateHandler } from '../../functions/workflow/state.ts';
import { openDoor, type Door } from './support/door.ts';
import { complete, sessionRequest, stageSingle } from './support/uploads.ts';

/** Secrets are planted wherever one can come from, and searched in everything that is written. */

const CANARY = 'c4n4ryC4N4RYc4n4ry0123456789';
const HEX = 'c4fe'.repeat(16);

/** What a text of somebody else may hold: errors of AWS, of networks and of libraries quote what they were sent. */
const LEAKS: Readonly<Record<string, string>> = {
  'an API key': `fan_${CANARY}`,
  'a session token': `st_${CANARY}`,
  'a JWT': `eyJhbGciOiJSUzI1NiJ9.eyJ${CANARY}.${CANARY}`,
  'a presigned URL': `https://bucket.s3.amazonaws.com/in/x/1.mp4?X-Amz-Credential=AKIA&X-Amz-Signature=${HEX}&X-Amz-Security-Token=${CANARY}`,
  'an address of the media domain, taken apart': `Expires=1795255260&Signature=${CANARY}${'A-~_'.repeat(86)}&Key-Pair-Id=K2JCJMDEHXQW5F`,
  'a signed request': `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${HEX}`,
  'an access token': `access_token=${CANARY}`,
  'a refresh token': `{"refresh_token":"${CANARY}","expires_in":3600}`,
  'a token of Google': `ya29.${CANARY}`,
  'a refresh token of Google': `1//0${CANARY}`,
  'a token of Meta': `EAAB${CANARY}`,
  'the secret of an app': `client_secret=${CANARY}`,
  'the secret of an app at Google': `GOCSPX-${CANARY}`,
  'an Idempotency-Key': `Idempotency-Key: ${CANARY}`,
  'a cookie': `Cookie: theme=dark; session=${CANARY}`,
  'an authorization': `Authorization: Bearer ${CANARY}`,
  'an escaped answer': JSON.stringify(JSON.stringify({ access_token: CANARY, id_token: CANARY })),
};

const everything = Object.values(LEAKS).join(' | ');

/** An error as a client of AWS or of a network throws it: with an answer, a request and a cause. */
function leakingError(text: string): Error {
  const error = new Error(`The service said: ${text}`, { cause: new Error(`because ${text}`) });
  error.stack = `Error: ${text}\n    at send (https://host/file.mjs?token=${CANARY}:1:1)`;
  return Object.assign(error, {
    $metadata: { requestId: 'r' },
    $response: { headers: { 'set-cookie': CANARY, authorization: CANARY }, body: text },
    config: { headers: { 'X-Api-Key': CANARY, 'Idempotency-Key': CANARY }, clientSecret: CANARY },
  });
}

function expectNone(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).not.toContain(CANARY);
    expect(line).not.toContain(HEX);
  }
}

describe('the log of the API', () => {
  const doors: Door[] = [];
  const opened = async (...options: Parameters<typeof openDoor>): Promise<Door> => {
    const door = await openDoor(...options);
    doors.push(door);
    return door;
  };
  afterEach(async () => {
    await Promise.all(doors.splice(0).map((door) => door.close()));
  });

  it('holds none of what requests bring in headers, query and body, whatever comes of them', async () => {
    const door = await opened();
    const customer = await door.customer('youtube');
    const { jwt } = await door.person('alice');
    const headers = { Cookie: `session=${CANARY}`, 'X-Forwarded-For': CANARY, Referer: `https://app/?token=${CANARY}`, 'Idempotency-Key': `key-${CANARY}` };
    const query = { access_token: CANARY, cursor: CANARY };
    const text = { title: everything.slice(0, 90), description: everything };
    const requests = [
      { to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000, text), headers },
      { to: 'POST /api/upload/presign-put', key: customer.key, json: { ...sessionRequest(customer, 1_000), [`fan_${CANARY}`]: everything }, headers },
      { to: 'POST /api/upload/presign-put', key: customer.key, json: { title: [everything], sessionToken: `st_${CANARY}` } },
      { to: 'POST /api/upload/complete', key: customer.key, json: { sessionToken: `st_${CANARY.padEnd(43, 'x')}`, parts: [] } },
      { to: 'POST /api/upload/abort', key: `fan_${CANARY}`, json: {} },
      { to: 'POST /api/upload/abort', jwt: `eyJhbGciOiJSUzI1NiJ9.eyJ${CANARY}.${CANARY}`, json: {} },
      { to: `GET /api/upload/upl_${CANARY}/status`, key: customer.key, query },
      { to: 'GET /uploads', jwt, query },
      { to: 'POST /api-keys/generate', jwt, json: { name: everything.slice(0, 60) }, headers },
    ];
    for (const request of requests) await door.call(request);
    const staged = await stageSingle(door, customer);
    await complete(door, customer, staged);
    expect(door.logLines.length).toBeGreaterThanOrEqual(requests.length + 2);
    expectNone(door.logLines);
    for (const secret of [customer.key, jwt, staged.sessionToken]) expect(door.logLines.join('\n')).not.toContain(secret);
  });

  it.each(Object.entries(LEAKS))('holds none of what a failing store says of %s', async (_, leak) => {
    const door = await opened({
      store: (store): Store => ({ ...store, getSession: () => Promise.reject(leakingError(leak)), getUpload: () => Promise.reject(leakingError(leak)) }),
    });
    const { key } = await door.customer('youtube');
    const answers = [
      await door.call({ to: 'POST /api/upload/abort', key, json: { sessionToken: `st_${'a'.repeat(43)}` } }),
      await door.call({ to: 'GET /api/upload/upl_01J8ZC6Q4M2V9Y3K7T5B1N0XWA/status', key }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
    expect(door.logLines.filter((line) => line.includes('The service said'))).toHaveLength(2);
    expectNone([...door.logLines, ...answers.map((answer) => JSON.stringify(answer))]);
  });
});

/** What a state's function writes to its output, also past its log. */
async function written(run: (log: Log) => Promise<object>, input: object = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  const keep = (line: unknown): boolean => lines.push(String(line)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  vi.stubEnv('METRICS_NAMESPACE', 'Fanfare/test');
  const handler = stateHandler('due', planInput, (_, log) => run(log));
  await handler({ v: 1, uploadId: 'upl_1', round: 0, execution: 'one', ...input }, { awsRequestId: 'r' }).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
  });
  return lines;
}

describe('the log of a step', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(Object.entries(LEAKS))('holds none of what an answer or an error says of %s', async (_, leak) => {
    const said = await written((log) => {
      log.warn('publish_outcome_open', { evidence: `status 500: ${leak}` });
      log.info('publish_looked_up', { answer: { body: leak, headers: { authorization: CANARY }, list: [[leak]] } });
      return Promise.reject(leakingError(leak));
    });
    expect(said).toHaveLength(3);
    expectNone(said);
  });

  it('holds none of what a result or an input that is not understood says', async () => {
    expectNone(await written(() => Promise.resolve({ next: 'end', reason: everything, accessToken: CANARY })));
    expectNone(await written(() => Promise.resolve({}), { v: everything, secret: CANARY }));
  });
});
