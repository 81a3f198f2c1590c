import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { bytesOf } from './support/uploads.ts';

let door: Door;
let customer: Customer;
beforeEach(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }) });
  customer = await door.customer('any', 'any');
});
afterEach(() => door.close());

type Fields = readonly (readonly [string, string | File])[];

const clip = (bytes = bytesOf(1_000), type = 'video/mp4', name = 'clip.mp4') => new File([bytes], name, { type });

/** A form that is good, but for these fields. */
const form = (...fields: Fields): Fields => [
  ['title', 'Spring launch'],
  ...customer.accounts.map((id) => ['accounts', id] as const),
  ...fields,
];

async function send(fields: Fields): Promise<ApiAnswer> {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  const request = new Request('http://localhost/', { method: 'POST', body: data });
  return door.call({
    to: 'POST /api/upload',
    key: customer.key,
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
    body: new Uint8Array(await request.arrayBuffer()),
  });
}

describe('an upload in one form', () => {
  it('ends where the staged flows end, with the bytes that were sent', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 251);
    const sent = await send(form(['description', 'Text'], ['file', clip(bytes)]));
    expect(sent).toMatchObject({
      status: 202,
      body: {
        status: 'Processing',
        title: 'Spring launch',
        accounts: customer.accounts.map((accountId) => ({ accountId, status: 'Processing' })),
      },
    });
    const record = await door.store.getUpload(sent.body.uploadId);
    const [media] = record?.upload.media ?? [];
    expect(record?.upload).toMatchObject({ description: 'Text', assembly: null });
    expect(media).toMatchObject({ fileName: 'clip.mp4', size: 70_000, contentType: 'video/mp4' });
    expect(await door.media.sha256(media?.objectKey ?? '')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('takes the fields in any order', async () => {
    expect((await send([['file', clip()], ...form().toReversed()])).status).toBe(202);
  });

  it('takes a video whose client does not know what it is, by its extension', async () => {
    const sent = await send(form(['file', clip(bytesOf(5), 'application/octet-stream')]));
    const record = await door.store.getUpload(sent.body.uploadId);
    expect(record?.upload.media[0]?.contentType).toBe('video/mp4');
  });

  it('takes accounts as a list of a list as well', async () => {
    const [one = '', two = ''] = customer.accounts;
    const forms: Fields[] = [
      [['accounts[]', one], ['accounts[]', two]],
      [['accounts', JSON.stringify([one, two])]],
      [['accounts', one], ['accounts', two], ['accounts', one]],
    ];
    for (const accounts of forms) {
      const sent = await send([['title', 'x'], ...accounts, ['file', clip()]]);
      expect(sent.body.accounts.map((account: { accountId: string }) => account.accountId)).toEqual([one, two]);
    }
    expect((await send([['title', 'x'], ['accounts', one], ['file', clip()]])).status).toBe(202);
  });

  it('is scheduled where it says so', async () => {
    const sent = await send(form(['scheduledOn', '2026-04-02T12:00:00+02:00'], ['sha256', 'A'.repeat(64)], ['file', clip()]));
    expect(sent.body).toMatchObject({ status: 'Scheduled', scheduledOn: '2026-04-02T10:00:00Z' });
  });

  it('may have blank fields, as forms of browsers do', async () => {
    expect((await send(form(['description', ''], ['scheduledOn', ''], ['sha256', ''], ['file', clip()]))).status).toBe(202);
  });

  it('takes up to 4.5 MB, and names the staged flow beyond', async () => {
    expect((await send(form(['file', clip(bytesOf(limits.formFile))]))).status).toBe(202);
    const refused = await send(form(['file', clip(bytesOf(limits.formFile + 1))]));
    const detail = expect.stringContaining('POST /api/upload/presign-put');
    expect(refused).toMatchObject({ status: 413, body: { code: 'file_too_large', detail } });
    expect(wrongFields(refused)).toEqual(['file: too_large']);
  });

  it('names what is missing or wrong', async () => {
    expect(wrongFields(await send([['file', clip()]]))).toEqual(['title: required', 'accounts: required']);
    expect(wrongFields(await send(form()))).toEqual(['file: required']);
    expect(wrongFields(await send(form(['file', 'text'])))).toEqual(['file: invalid_type']);
    expect(wrongFields(await send(form(['file', clip(bytesOf(0))])))).toEqual(['file: empty']);
    expect(wrongFields(await send(form(['file', clip(bytesOf(1), 'image/jpeg', 'a.jpg')])))).toEqual(['file.contentType: not_a_video']);
    expect(wrongFields(await send(form(['file', clip()], ['file', clip()])))).toEqual(['file: invalid_type']);
    expect(wrongFields(await send(form(['video', clip()])))).toEqual(['file: required', 'video: unknown_field']);
    expect(wrongFields(await send(form(['title', 'again'], ['file', clip()])))).toEqual(['title: invalid_type']);
    expect(wrongFields(await send(form(['surprise', 'x'], ['file', clip()])))).toEqual(['surprise: unknown_field']);
    expect(wrongFields(await send([['title', 'x'], ['accounts', 'acc_unknown'], ['file', clip()]]))).toEqual(['accounts: account_unknown']);
    expect(wrongFields(await send(form(['scheduledOn', 'tomorrow'], ['file', clip()])))).toEqual(['scheduledOn: invalid_format']);
    expect(wrongFields(await send(form(['title\u0000', 'x'], ['file', clip()])))).toEqual(['body: invalid_characters']);
  });

  it('has options as JSON or field by field', async () => {
    expect(wrongFields(await send(form(['options', '{"nowhere":{}}'], ['file', clip()])))).toEqual(['options.nowhere: unknown_field']);
    expect(wrongFields(await send(form(['options[nowhere][x]', '1'], ['file', clip()])))).toEqual(['options.nowhere: unknown_field']);
    expect(wrongFields(await send(form(['options', '{'], ['file', clip()])))).toEqual(['options: invalid_json']);
    expect(wrongFields(await send(form(['options', 'none'], ['file', clip()])))).toEqual(['options: invalid_type']);
    expect((await send(form(['options', '{}'], ['file', clip()]))).status).toBe(202);
  });

  it('that storage loses is to be sent again: nothing of it is left', async () => {
    await door.close();
    door = await openDoor({
      connector: () => ({ violations: () => [] }),
      media: (media) => ({ ...media, completeMultipart: () => Promise.resolve({ refused: 'InvalidPart' }) }),
    });
    customer = await door.customer('any');
    expect(await send(form(['file', clip()]))).toMatchObject({ status: 503, body: { code: 'busy' } });
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(0);
  });

  it('leaves no upload behind when it is refused', async () => {
    await send(form(['file', clip(bytesOf(1), 'image/jpeg', 'a.jpg')]));
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(0);
  });

  it('of another type of content is refused', async () => {
    const refused = await door.call({ to: 'POST /api/upload', key: customer.key, json: { title: 'x' } });
    expect(refused).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });
});
