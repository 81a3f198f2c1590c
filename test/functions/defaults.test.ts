import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';
import { complete, sessionRequest, stageSingle } from './support/uploads.ts';

/** With the rules of this release: TikTok demands to be told who can see a post, YouTube three options as soon as there is one. */
let door: Door;
let customer: Customer;
let before: ((inner: Store) => Promise<unknown>) | null;
beforeEach(async () => {
  before = null;
  const meanwhile = (store: Store): Store => ({
    ...store,
    setAccountDefaults: async (request) => {
      await before?.(store);
      return store.setAccountDefaults(request);
    },
  });
  door = await openDoor({ store: meanwhile });
  customer = await door.customer('tiktok', 'youtube');
});
afterEach(() => door.close());

const tiktok = () => customer.accounts[0] ?? '';
const youtube = () => customer.accounts[1] ?? '';
const patch = (id: string, defaults: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
  door.call({ to: `PATCH /api/accounts/${id}`, key: customer.key, json: { defaults }, headers });
const defaultsOf = async (id: string): Promise<unknown> =>
  (await door.call({ to: 'GET /api/accounts', key: customer.key })).body.items.find((account: { id: string }) => account.id === id)?.defaults;
const open = (accounts: readonly string[], change: object = {}) =>
  door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000, { accounts, ...change }) });

/** Options that have so many bytes as JSON. */
const tags = (size: number) => ({ tags: ['x'.repeat(size - '{"tags":[""]}'.length)] });

describe("an account's defaults", () => {
  it('are set option by option: those named replace, null takes away, the others stay', async () => {
    const first = await patch(tiktok(), { privacyLevel: 'SELF_ONLY', disableDuet: true });
    expect(first).toMatchObject({ status: 200, body: { id: tiktok(), network: 'tiktok', defaults: { privacyLevel: 'SELF_ONLY', disableDuet: true } } });
    expect((await patch(tiktok(), { privacyLevel: 'PUBLIC_TO_EVERYONE', disableDuet: null, isAigc: false })).body.defaults).toEqual({ privacyLevel: 'PUBLIC_TO_EVERYONE', isAigc: false });
    expect((await patch(tiktok(), {})).body.defaults).toEqual({ privacyLevel: 'PUBLIC_TO_EVERYONE', isAigc: false });
    expect(await defaultsOf(tiktok())).toEqual({ privacyLevel: 'PUBLIC_TO_EVERYONE', isAigc: false });
    expect(await defaultsOf(youtube())).toEqual({});
    expect((await patch(tiktok(), null)).body.defaults).toEqual({});
    expect(await defaultsOf(tiktok())).toEqual({});
  });

  it('are options of its network, to the letter, and any that it does not demand together', async () => {
    await patch(youtube(), { privacyStatus: 'unlisted' });
    expect(wrongFields(await patch(youtube(), { privacyStatus: 'secret' }))).toEqual(['defaults.privacyStatus: invalid_value']);
    expect(wrongFields(await patch(youtube(), { tags: ['a', 7] }))).toEqual(['defaults.tags[1]: invalid_type']);
    expect(wrongFields(await patch(youtube(), { privacyLevel: 'SELF_ONLY' }))).toEqual(['defaults.privacyLevel: unknown_field']);
    expect(wrongFields(await patch(youtube(), ['a']))).toEqual(['defaults: invalid_type']);
    expect(wrongFields(await door.call({ to: `PATCH /api/accounts/${youtube()}`, key: customer.key, json: {} }))).toEqual(['defaults: required']);
    expect(await defaultsOf(youtube())).toEqual({ privacyStatus: 'unlisted' });
  });

  it('are none of which each post has its own', async () => {
    expect(wrongFields(await patch(youtube(), { publishAt: '2027-03-01T09:30:00Z' }))).toEqual(['defaults.publishAt: per_post']);
    expect(await defaultsOf(youtube())).toEqual({});
  });

  it('have a size that a record can hold', async () => {
    expect((await patch(youtube(), tags(limits.options))).status).toBe(200);
    expect(wrongFields(await patch(youtube(), tags(limits.options + 1)))).toEqual(['defaults: too_long']);
  });

  it('cannot be set on a network that this release does not have', async () => {
    const old = await door.link(customer.tenantId, 'myspace');
    expect(wrongFields(await patch(old, {}))).toEqual(['defaults: network_unavailable']);
  });

  it('are changed once under an Idempotency-Key, whatever came afterwards', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    await patch(tiktok(), { privacyLevel: 'SELF_ONLY' }, headers);
    await patch(tiktok(), { privacyLevel: 'PUBLIC_TO_EVERYONE' });
    const again = await patch(tiktok(), { privacyLevel: 'SELF_ONLY' }, headers);
    expect(again).toMatchObject({ status: 200, headers: { 'Idempotent-Replayed': 'true' }, body: { defaults: { privacyLevel: 'PUBLIC_TO_EVERYONE' } } });
    expect((await patch(tiktok(), { isAigc: true }, headers)).status).toBe(422);
  });

  it('keep what another request changes at the same moment', async () => {
    before = async () => {
      before = null;
      await patch(tiktok(), { disableComment: true });
    };
    expect((await patch(tiktok(), { privacyLevel: 'SELF_ONLY' })).body.defaults).toEqual({ disableComment: true, privacyLevel: 'SELF_ONLY' });
    expect(await defaultsOf(tiktok())).toEqual({ disableComment: true, privacyLevel: 'SELF_ONLY' });
  });

  it('are given up with a request to try again where others change them all the time', async () => {
    const { tenantId } = customer;
    let times = 0;
    before = async (inner) => {
      times += 1;
      const from = (await inner.getAccount(tenantId, tiktok()))?.defaults ?? {};
      return inner.setAccountDefaults({ tenantId, accountId: tiktok(), from, defaults: { thumb: times } });
    };
    const refused = await patch(tiktok(), null);
    expect(refused).toMatchObject({ status: 503, body: { code: 'busy' }, headers: { 'Retry-After': '1' } });
  });
});

describe('an upload to an account with defaults', () => {
  it('needs no option that these give, and is refused without the demanded one', async () => {
    expect(wrongFields(await open([tiktok()]))).toEqual(['options.tiktok.privacyLevel: tiktok.video.privacy_level_required']);
    await patch(tiktok(), { privacyLevel: 'SELF_ONLY' });
    expect((await open([tiktok()])).status).toBe(201);
  });

  it('is judged by what it says itself, where both say something', async () => {
    await patch(tiktok(), { privacyLevel: 'SELF_ONLY' });
    expect(wrongFields(await open([tiktok()], { options: { tiktok: { brandContentToggle: true } } }))).toEqual(['options.tiktok.brandContentToggle: tiktok.video.brand_content_privacy']);
    expect((await open([tiktok()], { options: { tiktok: { brandContentToggle: true, privacyLevel: 'PUBLIC_TO_EVERYONE' } } })).status).toBe(201);
  });

  it('and these complete each other: what has to come together may come from both', async () => {
    await patch(youtube(), { categoryId: '22', defaultLanguage: 'en' });
    expect(wrongFields(await open([youtube()]))).toEqual(['options.youtube.defaultAudioLanguage: youtube.video.default_audio_language_required']);
    expect((await open([youtube()], { options: { youtube: { defaultAudioLanguage: 'de' } } })).status).toBe(201);
    expect((await open([youtube()], { youtube: { defaultAudioLanguage: 'de' } })).status).toBe(201);
  });

  it('keeps only its own options: the defaults are those of the time at which it is published', async () => {
    await patch(tiktok(), { privacyLevel: 'SELF_ONLY' });
    const { body } = await complete(door, customer, await stageSingle(door, customer, { accounts: [tiktok()], options: { tiktok: { disableDuet: true } } }));
    expect((await door.store.getUpload(body.uploadId))?.upload.options).toEqual({ tiktok: { disableDuet: true } });
  });

  it('leaves out the account whose demanded option neither gives, if the client wants the others to go on', async () => {
    const { body } = await complete(door, customer, await stageSingle(door, customer, { onViolation: 'skip_account' }));
    expect(body.accounts).toMatchObject([{ accountId: tiktok(), status: 'Failed' }, { accountId: youtube() }]);
  });
});
