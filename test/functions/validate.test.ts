import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import type { VideoFacts } from '../../core/model.ts';
import type { PreflightSubject, Violation } from '../../core/ports/index.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { complete, MiB, put, sessionRequest, stageSingle } from './support/uploads.ts';

const clip = new Uint8Array(readFileSync(new URL('../../local/demo-small.mp4', import.meta.url)));
const FACTS: VideoFacts = { container: 'mp4', duration: 61, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 };

/** A network that allows ten characters of title, and a minute. */
function strict({ title, facts }: PreflightSubject): readonly Violation[] {
  const broken: Violation[] = [];
  if (title.length > 10) {
    broken.push({ field: 'title', code: 'strict.video.title_max', message: 'The title is too long: shorten it.', value: title.length, limit: 10, unit: 'characters', remedy: 'Shorten it.' });
  }
  if (facts !== null && facts.duration > 60) {
    broken.push({ field: 'file', code: 'strict.video.duration_max', message: 'The video is too long: cut it.', value: facts.duration, limit: 60, unit: 'seconds', remedy: 'Cut it.' });
  }
  return broken;
}

let door: Door;
let customer: Customer;
/** One on a network that takes everything, one on the strict one. */
let accounts: readonly [string, string];
beforeEach(async () => {
  door = await openDoor({ connector: (network) => ({ violations: network === 'strict' ? strict : () => [] }) });
  customer = await door.customer('easy', 'strict');
  const [easy = '', other = ''] = customer.accounts;
  accounts = [easy, other];
});
afterEach(() => door.close());

const validate = (json: object, key = customer.key) => door.call({ to: 'POST /api/upload/validate', key, json });
const metadata = (change: object = {}) => ({ title: 'Short', accounts: customer.accounts, ...change });
const declared = { fileName: 'clip.mp4', fileSize: 1_000, contentType: 'video/mp4' };
const rulesOf = (answer: ApiAnswer): string[] => answer.body.violations.map((each: { rule: string }) => each.rule);

async function uploaded(change: object = {}): Promise<string> {
  return (await complete(door, customer, await stageSingle(door, customer, change))).body.uploadId;
}

describe('the dry run on what is declared', () => {
  it('finds nothing where a creation would pass', async () => {
    const answer = await validate({ ...metadata(), ...declared });
    expect(answer).toMatchObject({ status: 200, body: { valid: true, violations: [], probed: false } });
  });

  it('says of each account which rule is broken, by what value, and what to do', async () => {
    const answer = await validate({ ...metadata({ title: 'more than ten' }), ...declared });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      valid: false,
      probed: false,
      violations: [
        {
          accountId: accounts[1],
          network: 'strict',
          rule: 'strict.video.title_max',
          field: 'title',
          message: 'The title is too long: shorten it.',
          value: 13,
          limit: 10,
          unit: 'characters',
          remedy: 'Shorten it.',
        },
      ],
    });
  });

  it('says at once all that a creation refuses for, one thing after the other', async () => {
    const answer = await validate({
      ...metadata({ title: 'more than ten', accounts: [...customer.accounts, 'acc_unknown'], scheduledOn: '2028-01-01T00:00:00Z', onViolation: 'skip_account' }),
      ...declared,
      fileSize: limits.fileSize + 1,
    });
    expect(answer.body.violations).toMatchObject([
      { accountId: null, network: null, rule: 'too_far', field: 'scheduledOn', limit: '2027-04-01T10:00:00Z' },
      { accountId: null, rule: 'too_large', field: 'fileSize', value: limits.fileSize + 1, limit: limits.fileSize, unit: 'bytes' },
      { accountId: 'acc_unknown', network: null, rule: 'account_unknown', field: 'accounts' },
      { accountId: accounts[1], network: 'strict', rule: 'strict.video.title_max' },
    ]);
    expect(rulesOf(await validate({ ...metadata({ scheduledOn: '2026-04-01T09:54:59Z' }), ...declared }))).toEqual(['in_the_past']);
    expect(rulesOf(await validate({ ...metadata({ scheduledOn: '2027-04-01T10:00:00Z' }), ...declared, fileSize: limits.fileSize }))).toEqual([]);
  });

  it('agrees with the creation, rule by rule', async () => {
    for (const change of [{}, { title: 'more than ten' }, { accounts: ['acc_unknown'] }, { scheduledOn: '2028-01-01T00:00:00Z' }]) {
      const dry = await validate({ ...metadata(change), ...declared });
      const created = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: { ...metadata(change), ...declared } });
      expect(created.status).toBe(dry.body.valid ? 201 : 400);
      expect((created.body.errors ?? []).map((error: { code: string }) => error.code)).toEqual(rulesOf(dry));
    }
  });

  it('knows nothing of the accounts of others', async () => {
    const stranger = await door.customer('strict');
    expect((await validate({ ...metadata({ accounts: stranger.accounts, title: 'more than ten' }), ...declared })).body.violations).toMatchObject([
      { rule: 'account_unknown', network: null },
    ]);
  });
});

describe('the dry run on a file', () => {
  it('that is stored uses what inspection found', async () => {
    const uploadId = await uploaded({ accounts: [accounts[0]] });
    const record = await door.store.getUpload(uploadId);
    const [media] = record?.upload.media ?? [];
    if (media === undefined) throw new Error('there is no media');
    const claim = { execution: 'one', claimedAt: '2026-04-01T10:00:00Z' };
    await door.store.claimUpload({ uploadId, claim, predecessor: null });
    await door.store.recordInspection({ uploadId, execution: 'one', media: [{ ...media, facts: FACTS, inspectedAt: claim.claimedAt }], at: claim.claimedAt });
    const answer = await validate({ ...metadata(), uploadId });
    expect(answer.body).toMatchObject({ valid: false, probed: true, violations: [{ rule: 'strict.video.duration_max', value: 61, limit: 60, unit: 'seconds' }] });
  });

  it('that is stored and not inspected yet is looked into now', async () => {
    const sent = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, clip.length, { title: 'Short' }) });
    await put(door, sent.body.uploadUrl, clip);
    const { sessionToken } = sent.body;
    const { uploadId } = (await complete(door, customer, { sessionToken, parts: [] })).body;
    expect((await validate({ ...metadata(), uploadId })).body).toEqual({ valid: true, violations: [], probed: true });
    expect((await validate({ ...metadata(), sessionToken })).body).toEqual({ valid: true, violations: [], probed: true });
  });

  it('that is stored and no video is refused for all accounts', async () => {
    const uploadId = await uploaded({ title: 'Short' });
    expect((await validate({ ...metadata(), uploadId })).body).toMatchObject({ valid: false, probed: true, violations: [{ accountId: null, rule: 'not_a_video', field: 'file' }] });
  });

  it('of a session that is not completed counts as declared, and the answer says so', async () => {
    const opened = await door.call({ to: 'POST /api/upload/multipart', key: customer.key, json: sessionRequest(customer, 12 * MiB, { title: 'Short', partSize: 5 * MiB }) });
    const { sessionToken } = opened.body;
    expect((await validate({ ...metadata(), sessionToken })).body).toEqual({ valid: true, violations: [], probed: false });
    await door.call({ to: 'POST /api/upload/abort', key: customer.key, json: { sessionToken } });
    expect((await validate({ ...metadata(), sessionToken })).body).toMatchObject({ valid: true, probed: false });
  });

  it('of another tenant is as unknown as one that never was', async () => {
    const staged = await stageSingle(door, customer, { title: 'Short' });
    const { uploadId } = (await complete(door, customer, staged)).body;
    const mediaId = (await door.store.getUpload(uploadId))?.upload.media[0]?.mediaId;
    const stranger = await door.customer('easy');
    const said = { title: 'Short', accounts: stranger.accounts };
    const pairs = [
      [{ sessionToken: staged.sessionToken }, { sessionToken: 'st_unknown' }],
      [{ uploadId }, { uploadId: 'upl_unknown' }],
      [{ mediaId }, { mediaId: 'med_unknown' }],
    ] as const;
    for (const [theirs, nobodys] of pairs) {
      const foreign = await validate({ ...said, ...theirs }, stranger.key);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toEqual((await validate({ ...said, ...nobodys }, stranger.key)).body);
    }
  });
});

describe('a request for a dry run', () => {
  it.each([
    [{}, ['title: required', 'accounts: required', 'fileName: required', 'fileSize: required', 'contentType: required']],
    [{ title: '', accounts: ['a'], ...declared }, ['title: too_short']],
    [{ title: 'x', accounts: ['a'], ...declared, fileSize: 0 }, ['fileSize: too_small']],
    [{ title: 'x', accounts: ['a'], ...declared, contentType: 'image/png' }, ['contentType: not_a_video']],
    [{ title: 'x', accounts: ['a'], sessionToken: 'st_1', uploadId: 'upl_1' }, ['uploadId: unknown_field']],
    [{ title: 'x', accounts: ['a'], uploadId: '' }, ['uploadId: too_small']],
  ])('is refused where it is malformed: %j', async (json, wrong) => {
    const refused = await validate(json);
    expect(refused.status).toBe(400);
    expect(wrongFields(refused)).toEqual(wrong);
  });

  it('writes nothing, and may be made with a key that only reads', async () => {
    const before = await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 });
    await validate({ ...metadata(), ...declared });
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(before);
  });
});
