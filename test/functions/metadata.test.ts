import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { complete, sessionRequest, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
beforeAll(async () => {
  door = await openDoor({
    connector: (network) => (network === 'gone' ? undefined : { violations: () => [] }),
  });
  customer = await door.customer('easy');
});
afterAll(() => door.close());

const open = (change: object, fileSize = 1_000) =>
  door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, fileSize, change) });

/** What is wrong with a request that differs from a good one in this; nothing if it opens a session. */
async function wrong(change: object, fileSize = 1_000): Promise<readonly string[]> {
  const answer = await open(change, fileSize);
  return answer.status === 201 ? [] : [`${answer.status}`, ...wrongFields(answer)];
}

describe('the title', () => {
  it('has 1 to 2200 characters, counted as people count them', async () => {
    expect(await wrong({ title: 'x' })).toEqual([]);
    expect(await wrong({ title: '🎉'.repeat(2200) })).toEqual([]);
    expect(await wrong({ title: '🎉'.repeat(2201) })).toEqual(['400', 'title: too_long']);
    expect(await wrong({ title: '' })).toEqual(['400', 'title: too_short']);
  });

  it.each([[undefined, 'required'], [null, 'invalid_type'], [7, 'invalid_type'], [['x'], 'invalid_type'], [{}, 'invalid_type']])(
    'is not %j',
    async (title, code) => {
      expect(await wrong({ title })).toEqual(['400', `title: ${code}`]);
    },
  );

  it.each(['\ud83c', 'x\udf89', 'a\0b'])('is text: %j', async (title) => {
    expect(await wrong({ title })).toEqual(['400', 'title: invalid_characters']);
  });
});

describe('the description', () => {
  it('has up to 5000 characters, or is left out', async () => {
    for (const description of [undefined, null, '', '🎉'.repeat(5000)]) expect(await wrong({ description })).toEqual([]);
    expect(await wrong({ description: '🎉'.repeat(5001) })).toEqual(['400', 'description: too_long']);
  });
});

describe('the accounts', () => {
  it('are at least one, and a list', async () => {
    expect(await wrong({ accounts: [] })).toEqual(['400', 'accounts: too_small']);
    expect(await wrong({ accounts: undefined })).toEqual(['400', 'accounts: required']);
    expect(await wrong({ accounts: customer.accounts[0] })).toEqual(['400', 'accounts: invalid_type']);
    expect(await wrong({ accounts: [7] })).toEqual(['400', 'accounts[0]: invalid_type']);
  });

  it('named twice count once', async () => {
    const [one = ''] = customer.accounts;
    const two = await door.link(customer.tenantId, 'easy');
    const staged = await stageSingle(door, customer, { accounts: [two, one, two, one] });
    const { body } = await complete(door, customer, staged);
    expect(body.accounts.map((account: { accountId: string }) => account.accountId)).toEqual([two, one]);
  });

  it('are at most 90', async () => {
    const many: string[] = [];
    for (let i = 0; i < 91; i += 1) many.push(await door.link(customer.tenantId, 'easy'));
    expect(await wrong({ accounts: [...many.slice(1), ...many.slice(1)] })).toEqual([]);
    expect(await wrong({ accounts: many })).toEqual(['400', 'accounts: too_many']);
  });

  it('that are not linked are named; those of another tenant are as unknown as those that never were', async () => {
    const stranger = await door.customer('easy');
    const never = 'acc_01J00000000000000000000000';
    const answers = await Promise.all([...stranger.accounts, never].map((id) => open({ accounts: [...customer.accounts, id] })));
    for (const [index, id] of [...stranger.accounts, never].entries()) {
      const answer: ApiAnswer | undefined = answers[index];
      expect(answer?.status).toBe(400);
      expect(answer?.body.errors).toEqual([{ field: 'accounts', code: 'account_unknown', message: expect.stringContaining(id) }]);
    }
  });

  it('on a network that this release does not have are refused', async () => {
    const gone = await door.link(customer.tenantId, 'gone');
    expect(await wrong({ accounts: [gone] })).toEqual(['400', 'accounts: network_unavailable']);
  });
});

describe('the scheduled time', () => {
  it.each([
    '2026-04-02T10:00:00Z',
    '2026-04-02T10:00Z',
    '2026-04-02T12:00:00.123+02:00',
    '2026-04-01T09:55:00Z',
    '2027-04-01T10:00:00Z',
    '2027-04-01T15:30:00+05:30',
  ])('may be %s', async (scheduledOn) => {
    expect(await wrong({ scheduledOn })).toEqual([]);
  });

  it.each([
    ['2026-04-02T10:00:00', 'invalid_format'],
    ['2026-04-02', 'invalid_format'],
    ['2026-02-29T10:00:00Z', 'invalid_format'],
    ['2026-06-30T23:59:60Z', 'invalid_format'],
    ['2026-04-02T24:00:00Z', 'invalid_format'],
    ['1775124000', 'invalid_format'],
    ['tomorrow', 'invalid_format'],
    ['', 'invalid_format'],
    ['2026-04-01T09:54:59Z', 'in_the_past'],
    ['2027-04-01T10:00:01Z', 'too_far'],
    ['9999-12-31T23:59:59Z', 'too_far'],
  ])('may not be %s', async (scheduledOn, code) => {
    expect(await wrong({ scheduledOn })).toEqual(['400', `scheduledOn: ${code}`]);
  });

  it('without an offset is refused with the remedy', async () => {
    const { body } = await open({ scheduledOn: '2026-04-02T10:00:00' });
    expect(body.detail).toBe(
      'scheduledOn must be a date and time with an offset from UTC, such as 2027-03-01T09:30:00Z or 2027-03-01T09:30:00+01:00',
    );
  });

  it('is shown in UTC, rounded up to whole seconds', async () => {
    const staged = await stageSingle(door, customer, { scheduledOn: '2026-04-02T12:00:00.123+02:00' });
    expect((await complete(door, customer, staged)).body).toMatchObject({ scheduledOn: '2026-04-02T10:00:01Z', status: 'Scheduled' });
  });

  it('is not a number', async () => {
    expect(await wrong({ scheduledOn: 1_775_124_000 })).toEqual(['400', 'scheduledOn: invalid_type']);
  });
});

describe('the checksum', () => {
  it('is 64 hexadecimal digits in either case, or left out', async () => {
    for (const sha256 of [undefined, null, 'a'.repeat(64), 'ABCDEF0123456789'.repeat(4)]) expect(await wrong({ sha256 })).toEqual([]);
    for (const sha256 of ['', 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64), `${'a'.repeat(64)}\n`]) {
      expect(await wrong({ sha256 })).toEqual(['400', 'sha256: invalid_format']);
    }
  });
});

/** A request whose size is written in this way. */
const sized = (number: string) =>
  door.call({
    to: 'POST /api/upload/presign-put',
    key: customer.key,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(sessionRequest(customer, 1)).replace('"fileSize":1', `"fileSize":${number}`),
  });

describe('the file', () => {
  it('has 1 byte to 2 GiB', async () => {
    const GiB = 1024 ** 3;
    expect(await wrong({}, 1)).toEqual([]);
    expect(await wrong({}, 2 * GiB)).toEqual([]);
    expect(await wrong({}, 0)).toEqual(['400', 'fileSize: too_small']);
    expect(await wrong({}, -1)).toEqual(['400', 'fileSize: too_small']);
    const tooLarge = await open({}, 2 * GiB + 1);
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 'file_too_large' } });
    expect(wrongFields(tooLarge)).toEqual(['fileSize: too_large']);
  });

  it('has a size that is a whole number', async () => {
    for (const fileSize of [1.5, '1000', null, true, [1_000]]) expect(await wrong({ fileSize })).toEqual(['400', 'fileSize: invalid_type']);
    for (const number of ['9007199254740993', '1e400', '1e30']) expect((await sized(number)).status).toBe(400);
    expect((await sized('1e3')).status).toBe(201);
  });

  it('has a type that is a video, or bytes with the extension of one', async () => {
    for (const contentType of ['video/mp4', 'VIDEO/MP4', 'video/quicktime', 'video/mp4; codecs="avc1"', 'application/octet-stream']) {
      expect(await wrong({ contentType })).toEqual([]);
    }
    for (const contentType of ['image/jpeg', 'text/html', 'video', 'video/', 'video/mp4\r\nx: y', 'mp4']) {
      expect(await wrong({ contentType })).toEqual(['400', 'contentType: not_a_video']);
    }
    expect(await wrong({ contentType: 'application/octet-stream', fileName: 'clip.txt' })).toEqual(['400', 'contentType: not_a_video']);
    expect(await wrong({ contentType: 'application/octet-stream', fileName: 'mp4' })).toEqual(['400', 'contentType: not_a_video']);
  });

  it('has a name of 1 to 255 characters', async () => {
    expect(await wrong({ fileName: `${'ü'.repeat(251)}.mp4` })).toEqual([]);
    expect(await wrong({ fileName: `${'ü'.repeat(252)}.mp4` })).toEqual(['400', 'fileName: too_long']);
    expect(await wrong({ fileName: '' })).toEqual(['400', 'fileName: too_short']);
    expect(await wrong({ fileName: 'a\nb.mp4' })).toEqual(['400', 'fileName: invalid_characters']);
  });
});

describe('a request', () => {
  it('names every wrong field at once', async () => {
    const answer = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: { title: '', accounts: 'x', extra: 1 } });
    expect(wrongFields(answer).toSorted()).toEqual([
      'accounts: invalid_type',
      'contentType: required',
      'extra: unknown_field',
      'fileName: required',
      'fileSize: required',
      'title: too_short',
    ]);
    expect(answer.body.detail).toContain('title must not be empty');
  });

  it('that is empty is told what it needs', async () => {
    const answer = await door.call({ to: 'POST /api/upload/multipart', key: customer.key });
    const needed = ['title', 'accounts', 'fileName', 'fileSize', 'contentType'];
    expect(wrongFields(answer)).toEqual(needed.map((field) => `${field}: required`));
  });

  it.each([[[]], ['text'], [7], [null]])('that is no object is refused: %j', async (json) => {
    const answer = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json });
    expect(wrongFields(answer)).toEqual(['body: invalid_type']);
  });

  it('with options of a network that does not exist is refused', async () => {
    expect(await wrong({ options: { nowhere: {} } })).toEqual(['400', 'options.nowhere: unknown_field']);
    expect(await wrong({ options: [] })).toEqual(['400', 'options: invalid_type']);
    expect(await wrong({ options: {} })).toEqual([]);
  });

  it('whatever it says is answered with 201 or 400, never with an error of ours', async () => {
    const names = ['title', 'description', 'accounts', 'scheduledOn', 'sha256', 'options', 'onViolation', 'fileName', 'fileSize', 'contentType'];
    const change = fc.dictionary(fc.constantFrom(...names, 'partSize', 'sessionToken', 'x'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom('presign-put', 'multipart'), async (fields, route) => {
        const json = sessionRequest(customer, 1_000, fields);
        const answer = await door.call({ to: `POST /api/upload/${route}`, key: customer.key, json });
        expect([201, 400, 413]).toContain(answer.status);
        if (answer.status === 400) expect(answer.body.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
