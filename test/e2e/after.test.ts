import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeMp4 } from '../sandbox/make-mp4.ts';
import { call, type ApiAnswer } from './support/api.ts';
import { executionOf, linkAccount, recordOf } from './support/operator.ts';
import { addFault, allPosts, clearFaults, postsOf } from './support/sandbox.ts';
import { accounts, networks } from './support/stack.ts';
import { eventually, newTitle, publish, settled, smallClip, storeFile } from './support/uploads.ts';

/** What people do to uploads of the deployed stack after they made them. */

afterEach(clearFaults);

const DAY = 86_400;

/** A time so many seconds from now. */
const inSeconds = (seconds: number): string => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;

const detail = (uploadId: string): Promise<ApiAnswer> => call('GET', `/api/upload/${uploadId}`);
const patch = (uploadId: string, edit: object): Promise<ApiAnswer> => call('PATCH', `/api/upload/${uploadId}`, edit);
const post = (uploadId: string, what: 'cancel' | 'retry' | 'publish-now', body: object = {}): Promise<ApiAnswer> =>
  call('POST', `/api/upload/${uploadId}/${what}`, body);
const of = (answer: ApiAnswer, accountId: string): ApiAnswer['body'] =>
  answer.body.deliveries.find((delivery: { accountId: string }) => delivery.accountId === accountId);

/** An upload of the clip whose execution waits for its time. */
async function scheduled(scheduledOn: string, fields: Record<string, unknown> = {}): Promise<{ uploadId: string; title: string; execution: string }> {
  const upload = await publish({ scheduledOn, ...fields });
  return { ...upload, execution: await claimed(upload.uploadId, null) };
}

/** Waits until another execution than this one has the upload. */
function claimed(uploadId: string, before: string | null): Promise<string> {
  return eventually(async () => {
    const execution = (await recordOf(uploadId)).upload.claim?.execution;
    return execution === undefined || execution === before ? undefined : execution;
  });
}

describe('an upload that is there', () => {
  it('shows what was measured, sent and tried', async () => {
    const { uploadId } = await publish();
    await settled(uploadId);
    const shown = await detail(uploadId);
    expect(shown.headers.get('etag')).toMatch(/^"[\w-]+"$/u);
    expect(shown.body).toMatchObject({
      status: 'Uploaded',
      media: [{ size: smallClip.length, contentType: 'video/mp4', facts: { container: 'mp4', videoCodec: 'h264' } }],
      links: { self: `/api/upload/${uploadId}` },
    });
    expect(of(shown, accounts.youtube)).toMatchObject({ phase: 'uploaded', attempts: 1, bytesSent: smallClip.length, startedAt: expect.any(String) });
    // Instagram fetches the file by itself.
    expect(of(shown, accounts.instagram)).toMatchObject({ phase: 'uploaded', attempts: 1, bytesSent: null });
  });

  it('is published as it was edited, at the time to which it was moved forward while it waited', async () => {
    const { uploadId, execution } = await scheduled(inSeconds(3_600));
    const title = newTitle();
    const etag = (await detail(uploadId)).headers.get('etag') ?? '';
    expect((await patch(uploadId, { title })).status).toBe(200);
    const late = await call('PATCH', `/api/upload/${uploadId}`, { title: 'too late' }, undefined, { 'if-match': etag });
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    const due = inSeconds(4);
    expect((await patch(uploadId, { scheduledOn: due })).body).toMatchObject({ title, status: 'Scheduled', scheduledOn: due });
    await claimed(uploadId, execution);
    const status = await settled(uploadId);
    expect(status).toMatchObject({ status: 'Uploaded', title });
    for (const network of networks) expect(await postsOf(network, title)).toHaveLength(1);
    for (const { publishedAt } of status.accounts) expect(publishedAt >= due).toBe(true);
  });

  it('goes from eleven months to five minutes and back, and is published once when that is wanted now', async () => {
    const { uploadId, title, execution } = await scheduled(inSeconds(334 * DAY), { accounts: [accounts.youtube] });
    expect((await patch(uploadId, { scheduledOn: inSeconds(300) })).status).toBe(200);
    const second = await claimed(uploadId, execution);
    expect((await patch(uploadId, { scheduledOn: inSeconds(334 * DAY) })).status).toBe(200);
    expect(await executionOf(uploadId)).toBe(second);
    expect((await post(uploadId, 'publish-now')).body).toMatchObject({ scheduledOn: null, status: 'Processing' });
    await claimed(uploadId, second);
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    expect(await postsOf('youtube', title)).toHaveLength(1);
  });

  it('ends when it is cancelled, not at its time', async () => {
    const { uploadId, title } = await scheduled(inSeconds(3_600));
    const [first = '', ...rest] = Object.values(accounts);
    const some = await post(uploadId, 'cancel', { accounts: [first] });
    expect(some.status).toBe(200);
    expect(of(some, first)).toMatchObject({ status: 'Cancelled' });
    for (const other of rest) expect(of(some, other)).toMatchObject({ status: 'Scheduled' });
    expect((await post(uploadId, 'cancel')).body).toMatchObject({ status: 'Cancelled' });
    const { upload } = await eventually(async () => {
      const record = await recordOf(uploadId);
      return record.upload.closedRevision === record.upload.revision ? record : undefined;
    });
    expect(upload).toMatchObject({ revision: 2, wake: null });
    for (const network of networks) expect(await postsOf(network, title)).toEqual([]);
  });

  it('is published where it had failed when it is retried, and nowhere twice', async () => {
    const error = { message: 'Account restricted', type: 'OAuthException', code: 25, error_subcode: 2207050, is_transient: false, fbtrace_id: 'A1' };
    await addFault({ network: 'instagram', operation: 'container.create', effect: 'refuse', times: 1, status: 400, body: { error } });
    const { uploadId, title } = await publish();
    expect(await settled(uploadId)).toMatchObject({ status: 'Failed' });
    expect((await detail(uploadId)).body.links).toHaveProperty('retry');
    expect((await post(uploadId, 'retry')).body).toMatchObject({ status: 'Processing' });
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    for (const network of networks) expect(await postsOf(network, title)).toHaveLength(1);
    expect(await post(uploadId, 'retry')).toMatchObject({ status: 409, body: { code: 'upload_state' } });
  });
});

describe('a hundred uploads', () => {
  /** Each person makes one after the other, the next when the last has ended: on a slow machine they take longer, and do not pile up. */
  const PEOPLE = 10;
  const EACH = 10;
  /** Milliseconds between the beginnings of two people: an emulator starts a process for each function that is at work at the same time. */
  const APART = 200;
  /** Milliseconds, at least, from making an upload to the whole second at which it is due. */
  const AHEAD = 500;
  /** Seconds. */
  const PATIENCE = 120;
  const MINUTE = 60_000;

  let people: readonly string[];
  let media: readonly string[];
  beforeAll(async () => {
    media = [await storeFile(makeMp4({ frameRate: 1 }), { fileName: 'clip.mp4', contentType: 'video/mp4' })];
    people = await Promise.all(Array.from({ length: PEOPLE }, (_, n) => linkAccount('youtube', { name: `One of many ${n}` })));
  });

  /** Makes one and cancels it so many milliseconds after its time; null: when it is certainly too late. */
  async function cancelled(account: string, after: number | null) {
    const title = newTitle();
    const due = Math.ceil((Date.now() + AHEAD) / 1000) * 1000;
    const upload = { kind: 'video', media, title, accounts: [account], scheduledOn: new Date(due).toISOString() };
    const once = { 'Idempotency-Key': randomUUID() };
    const made = await decided(() => call('POST', '/api/uploads', upload, undefined, once));
    expect(made.status).toBe(201);
    const { uploadId } = made.body;
    if (after === null) await settled(uploadId, PATIENCE);
    else await sleep(Math.max(0, due + after - Date.now()));
    const answer = await decided(() => post(uploadId, 'cancel'));
    const { status } = await settled(uploadId, PATIENCE);
    return { title, answer, status, lasted: Date.now() - due };
  }

  /** Sends it again while the answer is an error of the server, which says nothing: an overloaded emulator lets a function wait too long. */
  function decided(send: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    return eventually(async () => {
      const answer = await send();
      return answer.status < 500 ? answer : undefined;
    }, PATIENCE);
  }

  it('that are cancelled around the moment at which they are due have no post behind a 200, and one behind a 409', { timeout: 5 * MINUTE }, async () => {
    const ended = await Promise.all(
      people.map(async (account, person) => {
        await sleep(person * APART);
        // The first one shows how long it takes here from its time to the post; the others are cancelled from shortly before to that.
        const outcomes = [await cancelled(account, null)];
        for (let n = 1; n < EACH; n += 1) {
          const publishing = outcomes.findLast(({ status }) => status === 'Uploaded')?.lasted ?? 0;
          outcomes.push(await cancelled(account, (publishing * (n - 2)) / (EACH - 3)));
        }
        return outcomes;
      }),
    );
    const outcomes = ended.flat();
    const titles = (await allPosts('youtube')).map((each) => each.title);
    for (const { title, answer, status } of outcomes) {
      const expected = answer.status === 200 ? ['Cancelled', 0] : ['Uploaded', 1];
      expect([answer.status, status, titles.filter((each) => each === title).length]).toEqual([answer.status, ...expected]);
      if (answer.status !== 200) expect(answer).toMatchObject({ status: 409, body: { code: 'upload_state' } });
    }
    expect(outcomes).toHaveLength(PEOPLE * EACH);
    expect(new Set(outcomes.map(({ answer }) => answer.status))).toEqual(new Set([200, 409]));
  });
});
