import { afterEach, describe, expect, it } from 'vitest';
import { call, type ApiAnswer } from './support/api.ts';
import { executionOf, killFunction, linkAccount, repeatStorageEvent, startAgain, stopChild, stopUpload } from './support/operator.ts';
import { addFault, callsTo, clearFaults, postsOf, type SandboxCall } from './support/sandbox.ts';
import { accounts, demoAccount, networks } from './support/stack.ts';
import { accountOf, eventually, publish, settled, sha256, smallClip } from './support/uploads.ts';

/** What an upload meets at the networks of the deployed stack: refusals, lost answers, dead workers, repeated events. */

afterEach(clearFaults);

/** For each network of the sample: its publish call, and the calls by which it is asked what became of one. */
const publishing = [
  { network: 'youtube', publishCall: 'upload.last-slice', lookUps: ['upload.probe'] },
  { network: 'instagram', publishCall: 'media.publish', lookUps: ['container.read'] },
  { network: 'bluesky', publishCall: 'record.put', lookUps: ['record.read'] },
] as const;

/** Runs `act` and gives the calls that a network received since. */
async function during<Result>(network: string, act: () => Promise<Result>): Promise<{ result: Result; calls: readonly SandboxCall[] }> {
  const before = (await callsTo(network)).length;
  const result = await act();
  return { result, calls: (await callsTo(network)).slice(before) };
}

/** Waits until the network holds a call that it received after the first `since` ones: those that were cut stay without a status. */
async function held(network: string, operation: string, since: number): Promise<void> {
  await eventually(async () => (await callsTo(network)).slice(since).find((call) => call.operation === operation && call.status === null));
}

async function expectOnePostEach(title: string, on: readonly string[] = networks): Promise<void> {
  for (const network of on) {
    const posts = await postsOf(network, title);
    expect(posts.map((post) => post.mediaSha256)).toEqual([[sha256(smallClip)]]);
  }
}

describe('a refusal', () => {
  it('fails that account alone, with code and message; the others are published', async () => {
    await addFault({
      network: 'instagram',
      operation: 'container.create',
      effect: 'refuse',
      times: 1,
      status: 400,
      body: { error: { message: 'Account restricted', type: 'OAuthException', code: 25, error_subcode: 2207050, is_transient: false, fbtrace_id: 'A1' } },
    });
    const { uploadId, title } = await publish();
    const status = await settled(uploadId);
    expect(status.status).toBe('Failed');
    expect(accountOf(status, 'youtube')).toMatchObject({ status: 'Uploaded', errorCode: null });
    expect(accountOf(status, 'instagram')).toMatchObject({
      status: 'Failed',
      externalId: null,
      errorCode: 'permission_denied',
      errorMessage: expect.stringMatching(/\w{10}/u),
    });
    expect(await postsOf('youtube', title)).toHaveLength(1);
    expect(await postsOf('instagram', title)).toHaveLength(0);
  });

  it('of an expired token is met with a new one, and nobody notices', async () => {
    const account = await linkAccount('youtube', { name: 'Expired', accessTokenLife: -60 });
    const { calls, result } = await during('youtube', async () => {
      const { uploadId, title } = await publish({ accounts: [account] });
      return { title, status: await settled(uploadId) };
    });
    expect(result.status.status).toBe('Uploaded');
    expect(calls.filter((call) => call.operation === 'token.refresh')).toMatchObject([{ status: 200 }]);
    expect(await postsOf('youtube', result.title)).toHaveLength(1);
  });

  it('of a file that is no video comes from us, before any network hears of it', async () => {
    const { calls, result } = await during('youtube', async () => {
      const { uploadId } = await publish({}, Buffer.from('<html>this is not a video, whatever its name says</html>'.repeat(100)));
      return settled(uploadId);
    });
    expect(result.status).toBe('Failed');
    for (const account of result.accounts) expect(account).toMatchObject({ status: 'Failed', errorCode: 'media_rejected' });
    expect(calls).toEqual([]);
  });

  it('of a file with another checksum than was promised comes from us', async () => {
    const { uploadId, title } = await publish({ sha256: '0'.repeat(64) });
    const status = await settled(uploadId);
    for (const account of status.accounts) expect(account).toMatchObject({ status: 'Failed', errorCode: 'media_rejected' });
    for (const network of networks) expect(await postsOf(network, title)).toEqual([]);
  });
});

describe.each(publishing)('the publish call of $network', ({ network, publishCall, lookUps }) => {
  const onThis = { accounts: [demoAccount(network)] };

  /** One post; and the network was asked what had become of the call before any further one went out. */
  async function expectOnceAndAsked(title: string, uploadId: string, calls: readonly SandboxCall[]): Promise<void> {
    const status = await settled(uploadId);
    expect(status.status).toBe('Uploaded');
    await expectOnePostEach(title, [network]);
    const order = calls.map((call) => call.operation).filter((operation) => operation === publishCall || lookUps.includes(operation as never));
    const first = order.indexOf(publishCall);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(lookUps).toContain(order[first + 1]);
  }

  it.each([
    ['is done, but its answer is lost', { effect: 'drop_after' }],
    ['is lost before it arrives', { effect: 'drop_before' }],
    ['is cut, and done only afterwards', { effect: 'drop_then_do', ms: 3_000 }],
    ['is answered with an error of the server', { effect: 'refuse', status: 503, body: '' }],
  ] as const)('publishes exactly once when it %s', async (_, fault) => {
    await addFault({ network, operation: publishCall, times: 1, ...fault });
    const { calls, result } = await during(network, async () => {
      const upload = await publish(onThis);
      await settled(upload.uploadId);
      return upload;
    });
    await expectOnceAndAsked(result.title, result.uploadId, calls);
  });

  it('publishes exactly once when the process that makes it is killed while the network holds its answer', async () => {
    await addFault({ network, operation: publishCall, effect: 'delay', ms: 2_500, times: 1 });
    const since = (await callsTo(network)).length;
    const { calls, result } = await during(network, async () => {
      const upload = await publish(onThis);
      await held(network, publishCall, since);
      expect(await killFunction('workflow-publish')).toBeGreaterThan(0);
      await settled(upload.uploadId);
      return upload;
    });
    await expectOnceAndAsked(result.title, result.uploadId, calls);
  });
});

/** How posts to a network go, as clients are told. */
async function availabilityOf(network: string): Promise<ApiAnswer['body']> {
  const { body } = await call('GET', '/api/networks');
  return body.items.find((item: { network: string }) => item.network === network).availability;
}

describe('a network that is down', () => {
  it('holds up no other network, is shown as down, and gets what waited for it once it is back', async () => {
    await addFault({ network: 'youtube', effect: 'drop_before', times: 1_000 });
    const uploads = await Promise.all([publish(), publish()]);
    const meanwhile = uploads.map(async ({ uploadId, title }) => {
      await eventually(async () => ((await postsOf('instagram', title)).length === 1 ? true : undefined));
      const waiting = await eventually(async () => {
        const { body } = await call('GET', `/api/upload/${uploadId}`);
        return body.deliveries.find(({ platform, nextAt }: { platform: string; nextAt: string | null }) => platform === 'youtube' && nextAt !== null);
      });
      expect(waiting).toMatchObject({ accountId: accounts.youtube, phase: 'retrying', error: { code: 'platform_unavailable' } });
    });
    const down = eventually(async () => {
      const availability = await availabilityOf('youtube');
      return availability.state === 'down' ? availability : undefined;
    });
    expect(await down).toEqual({ state: 'down', until: expect.any(String), reason: 'platform_unavailable' });
    await Promise.all(meanwhile);
    await clearFaults();
    for (const { uploadId, title } of uploads) {
      expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
      await expectOnePostEach(title);
    }
    expect(await availabilityOf('youtube')).toEqual({ state: 'ok', until: null, reason: null });
  });
});

describe('a worker', () => {
  it.each([
    ['youtube', 'upload.start'],
    ['instagram', 'container.create'],
  ])('that is killed while it transfers to %s costs no post and doubles none', async (network, operation) => {
    await addFault({ network, operation, effect: 'delay', ms: 2_500, times: 1 });
    const since = (await callsTo(network)).length;
    const { uploadId, title } = await publish();
    await held(network, operation, since);
    expect(await killFunction('workflow-transfer')).toBeGreaterThan(0);
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    await expectOnePostEach(title);
  });

  it('whose execution ends by force is replaced when the others are through', async () => {
    await addFault({ network: 'instagram', operation: 'container.create', effect: 'delay', ms: 3_000, times: 1 });
    const since = (await callsTo('instagram')).length;
    const { uploadId, title } = await publish();
    await held('instagram', 'container.create', since);
    await stopChild(uploadId, accounts.instagram);
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    await expectOnePostEach(title);
  });
});

describe('the execution of an upload', () => {
  it('that ends by force before the upload is finished is replaced by another one', async () => {
    await addFault({ network: 'instagram', operation: 'container.create', effect: 'delay', ms: 3_000, times: 1 });
    const since = (await callsTo('instagram')).length;
    const { uploadId, title } = await publish();
    await held('instagram', 'container.create', since);
    const first = await executionOf(uploadId);
    await stopUpload(uploadId);
    await eventually(async () => ((await executionOf(uploadId)) === first ? undefined : true));
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    await expectOnePostEach(title);
  });
});

describe('an event of storage', () => {
  it('that comes again while the upload is under way, or afterwards, publishes nothing more', async () => {
    const { uploadId, title } = await publish();
    await Promise.all([startAgain(uploadId), startAgain(uploadId)]);
    await settled(uploadId);
    await repeatStorageEvent(uploadId);
    await startAgain(uploadId);
    await new Promise((resolve) => {
      setTimeout(resolve, 2_000);
    });
    await expectOnePostEach(title);
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
  });
});
