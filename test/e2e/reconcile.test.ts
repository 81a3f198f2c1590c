import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, type ApiAnswer } from './support/api.ts';
import { startAwsProxy, type AwsCall, type AwsProxy } from './support/aws-proxy.ts';
import { endSession, executionOf, linkAccount, recordOf, stopUpload, waitsForItsTime } from './support/operator.ts';
import { expire, letRest, partsOf, reconcileNow, setRules, tokensOf, uploadOf } from './support/reconcile.ts';
import { addFault, clearFaults, postsOf } from './support/sandbox.ts';
import { accounts, networks, stack } from './support/stack.ts';
import { accountOf, complete, eventually, newTitle, publish, settled, sha256, smallClip, stageSingle, storeFile, type StagedParts } from './support/uploads.ts';
import { killDuring } from './support/worker.ts';

/**
 * Real half-done states of the deployed stack, and the job that looks after them: a worker is killed while one of its calls to
 * AWS is held, rules are switched off, executions are stopped.
 */

let proxy: AwsProxy;
beforeAll(async () => {
  proxy = await startAwsProxy(stack.awsEndpoint);
});
afterAll(() => proxy.close());
afterEach(async () => {
  await setRules('on');
  await clearFaults();
});

const completesFile = ({ method, path }: AwsCall): boolean => method === 'POST' && path.includes('uploadId=');
const starts = ({ target }: AwsCall): boolean => target === 'AWSStepFunctions.StartExecution';

function requestOf(method: string, path: string, body: unknown = {}) {
  return { method, path, headers: { 'x-api-key': stack.apiKey, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
const completion = ({ sessionToken, parts }: StagedParts) => requestOf('POST', '/api/upload/complete', { sessionToken, parts });

/** Runs the job, as its timer would, until the upload has another status than these. */
function reconciled(uploadId: string, from: readonly string[] = ['Processing', 'Scheduled']): Promise<ApiAnswer['body']> {
  return eventually(async () => {
    await reconcileNow();
    const { body } = await call('GET', `/api/upload/${uploadId}/status`);
    if (!from.includes(body.status)) return body;
    await sleep(250);
    return undefined;
  }, 60);
}

async function expectOnePostEach(title: string): Promise<void> {
  for (const network of networks) {
    expect((await postsOf(network, title)).map((post) => post.mediaSha256)).toEqual([[sha256(smallClip)]]);
  }
}

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/u, '');

describe('a worker that died', () => {
  it('between the transaction and the completion of the file leaves an upload that is published all the same', async () => {
    const title = newTitle();
    const staged = await stageSingle(smallClip, { title });
    await killDuring('http-uploads-write', completion(staged), proxy, proxy.hold(completesFile));
    const uploadId = await uploadOf(staged.sessionToken);
    expect((await reconciled(uploadId)).status).toBe('Uploaded');
    await expectOnePostEach(title);
  });

  it('after the completion of the file, whose event is lost as well, leaves an upload that is published all the same', async () => {
    await setRules('off');
    const title = newTitle();
    const staged = await stageSingle(smallClip, { title });
    await killDuring('http-uploads-write', completion(staged), proxy, proxy.holdAnswer(completesFile));
    const uploadId = await uploadOf(staged.sessionToken);
    expect((await reconciled(uploadId)).status).toBe('Uploaded');
    await expectOnePostEach(title);
  });

  it('before it could start what a person asked for leaves a wish that is granted all the same', async () => {
    const { uploadId, title } = await publish({ scheduledOn: soon(3_600) });
    await waitForClaim(uploadId);
    await killDuring('http-uploads-change', requestOf('POST', `/api/upload/${uploadId}/publish-now`), proxy, proxy.hold(starts));
    expect((await reconciled(uploadId)).status).toBe('Uploaded');
    await expectOnePostEach(title);
  });

  it('before it could start an upload of a stored file leaves one that is published all the same', async () => {
    const media = [await storeFile(smallClip, { fileName: 'clip.mp4', contentType: 'video/mp4' })];
    const title = newTitle();
    const creation = requestOf('POST', '/api/uploads', { kind: 'video', media, title, accounts: Object.values(accounts) });
    await killDuring('http-uploads-change', creation, proxy, proxy.hold(starts));
    const { body: list } = await call('GET', `/api/uploads?${new URLSearchParams({ text: title }).toString()}`);
    expect(list.items).toMatchObject([{ title, status: 'Processing' }]);
    expect((await reconciled(list.items[0].uploadId)).status).toBe('Uploaded');
    await expectOnePostEach(title);
  });
});

describe('an execution that ended', () => {
  it('without its upload, and was not replaced, is replaced', async () => {
    const { uploadId, title } = await publish({ scheduledOn: soon(6) });
    const execution = await waitForClaim(uploadId);
    await setRules('off');
    await stopUpload(uploadId);
    expect((await reconciled(uploadId)).status).toBe('Uploaded');
    expect(await executionOf(uploadId)).not.toBe(execution);
    await expectOnePostEach(title);
  });
});

describe('an upload', () => {
  it('that is stuck beyond every limit fails with a code, and nothing is published', async () => {
    const { uploadId, title } = await publish({ scheduledOn: soon(3_600) });
    await waitsForItsTime(uploadId);
    await expire(uploadId);
    const status = await reconciled(uploadId);
    expect(status.status).toBe('Failed');
    for (const network of networks) {
      expect(accountOf(status, network)).toMatchObject({ status: 'Failed', errorCode: 'internal_error' });
      expect(await postsOf(network, title)).toEqual([]);
    }
  });
});

describe('an outcome that nobody knew', () => {
  it('is found later, and the post is not made again', async () => {
    await addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'drop_after', times: 1 });
    await addFault({ network: 'youtube', operation: 'upload.probe', effect: 'refuse', times: 1_000, status: 503, body: 'down' });
    const { uploadId, title } = await publish({ accounts: [accounts.youtube] });
    const before = await settled(uploadId, 60);
    expect(accountOf(before, 'youtube')).toMatchObject({ status: 'Failed', errorCode: 'outcome_unknown' });
    await clearFaults();
    expect((await reconciled(uploadId, ['Failed'])).status).toBe('Uploaded');
    expect(await postsOf('youtube', title)).toHaveLength(1);
  });
});

describe('an account that nobody uses', () => {
  it('has its tokens renewed, and goes on being published on', async () => {
    const accountId = await linkAccount('x', { name: 'At rest' });
    const account = { tenantId: stack.tenantId, accountId };
    await letRest(account);
    await eventually(async () => {
      await reconcileNow();
      return (await tokensOf(account)).version > 1 || undefined;
    }, 60);
    expect(await tokensOf(account)).toEqual({ version: 2, waiting: false });
    const { uploadId } = await publish({ accounts: [accountId] });
    expect((await settled(uploadId, 60)).status).toBe('Uploaded');
  });
});

describe('an expired session', () => {
  it('loses its parts', async () => {
    const staged = await stageSingle(smallClip);
    expect(await partsOf(staged.sessionToken)).toBe(1);
    await endSession(staged.sessionToken);
    await reconcileNow();
    expect(await partsOf(staged.sessionToken)).toBeNull();
    expect((await complete(staged)).status).toBe(410);
  });
});

/** Waits until an execution has the upload; gives it. */
function waitForClaim(uploadId: string): Promise<string> {
  return eventually(async () => (await recordOf(uploadId)).upload.claim?.execution);
}
