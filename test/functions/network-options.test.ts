import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { bytesOf, complete, sessionRequest, stageSingle } from './support/uploads.ts';

/** With the connectors of this release: their schemas are the routes' own. */
let door: Door;
let customer: Customer;
beforeAll(async () => {
  door = await openDoor();
  customer = await door.customer('youtube');
});
afterAll(() => door.close());

const OPTIONS = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' };

const ALL_REQUIRED = [
  'options.youtube.categoryId: youtube.video.category_id_required',
  'options.youtube.defaultLanguage: youtube.video.default_language_required',
  'options.youtube.defaultAudioLanguage: youtube.video.default_audio_language_required',
];

const open = (change: object) =>
  door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000, change) });

/** The options that an upload ends with. */
async function storedOptions(change: object): Promise<unknown> {
  const { body } = await complete(door, customer, await stageSingle(door, customer, change));
  return (await door.store.getUpload(body.uploadId))?.upload.options;
}

async function sendForm(fields: readonly (readonly [string, string])[]): Promise<ApiAnswer> {
  const data = new FormData();
  data.append('title', 'Spring launch');
  for (const id of customer.accounts) data.append('accounts', id);
  for (const [name, value] of fields) data.append(name, value);
  data.append('file', new File([bytesOf(9)], 'clip.mp4', { type: 'video/mp4' }));
  const request = new Request('http://localhost/', { method: 'POST', body: data });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  return door.call({ to: 'POST /api/upload', key: customer.key, headers, body: new Uint8Array(await request.arrayBuffer()) });
}

describe("a network's options", () => {
  it('stand under options, or under the name that the wire format has for them', async () => {
    const given = { ...OPTIONS, tags: ['a', 'b'], madeForKids: false };
    expect(await storedOptions({ options: { youtube: given } })).toEqual({ youtube: given });
    expect(await storedOptions({ youtube: given })).toEqual({ youtube: given });
    expect(await storedOptions({})).toEqual({});
  });

  it('under both names are refused', async () => {
    const refused = await open({ youtube: OPTIONS, options: { youtube: OPTIONS } });
    expect(wrongFields(refused)).toEqual(['youtube: conflict']);
  });

  it('bring their mandatory fields as soon as there is one', async () => {
    expect((await open({ youtube: {} })).status).toBe(201);
    expect(wrongFields(await open({ youtube: { madeForKids: true } }))).toEqual(ALL_REQUIRED);
    expect(wrongFields(await open({ options: { youtube: { ...OPTIONS, defaultLanguage: undefined } } }))).toEqual([
      'options.youtube.defaultLanguage: youtube.video.default_language_required',
    ]);
  });

  it('are checked to the letter', async () => {
    expect(wrongFields(await open({ youtube: { ...OPTIONS, privacyStatus: 'secret' } }))).toEqual(['youtube.privacyStatus: invalid_value']);
    expect(wrongFields(await open({ youtube: { ...OPTIONS, tags: ['a', 7] } }))).toEqual(['youtube.tags[1]: invalid_type']);
    expect(wrongFields(await open({ youtube: { ...OPTIONS, colour: 'red' } }))).toEqual(['youtube.colour: unknown_field']);
    expect(wrongFields(await open({ youtube: 'public' }))).toEqual(['youtube: invalid_type']);
    expect(wrongFields(await open({ youtube: null }))).toEqual(['youtube: invalid_type']);
  });

  it('and texts that the network would not take are refused by its rule', async () => {
    expect((await open({ title: 'x'.repeat(100) })).status).toBe(201);
    const refused = await open({ title: 'x'.repeat(101) });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'title', code: 'youtube.video.title_max' }] } });
  });

  it.each([
    ['as JSON', [['options', JSON.stringify({ youtube: { ...OPTIONS, madeForKids: false, tags: ['a', 'b'] } })]]],
    ['as JSON under their other name', [['youtube', JSON.stringify({ ...OPTIONS, madeForKids: false, tags: ['a', 'b'] })]]],
    [
      'in brackets',
      [
        ['options[youtube][categoryId]', '22'],
        ['options[youtube][defaultLanguage]', 'en'],
        ['options[youtube][defaultAudioLanguage]', 'en'],
        ['options[youtube][madeForKids]', 'false'],
        ['options[youtube][tags][]', 'a'],
        ['options[youtube][tags][]', 'b'],
      ],
    ],
    [
      'with dots under their other name',
      [
        ['youtube.categoryId', '22'],
        ['youtube.defaultLanguage', 'en'],
        ['youtube.defaultAudioLanguage', 'en'],
        ['youtube.madeForKids', 'false'],
        ['youtube.tags', '["a","b"]'],
      ],
    ],
  ] as const)('come in forms %s', async (_, fields) => {
    const sent = await sendForm(fields);
    expect(sent.status).toBe(202);
    const record = await door.store.getUpload(sent.body.uploadId);
    expect(record?.upload.options).toEqual({ youtube: { ...OPTIONS, madeForKids: false, tags: ['a', 'b'] } });
  });

  it('in forms are checked as well', async () => {
    expect(wrongFields(await sendForm([['youtube[madeForKids]', 'perhaps']]))).toEqual(['youtube.madeForKids: invalid_type']);
    expect(wrongFields(await sendForm([['youtube[madeForKids]', 'true']]))).toEqual(ALL_REQUIRED);
  });
});
