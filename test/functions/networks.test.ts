import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { openDoor, type Customer, type Door } from './support/door.ts';

let door: Door;
let customer: Customer;
beforeAll(async () => {
  door = await openDoor({ configured: ['youtube', 'tiktok'] });
  customer = await door.customer();
});
afterAll(() => door.close());

interface Shown {
  readonly network: string;
  readonly configured: boolean;
  readonly kinds: readonly string[];
  readonly limits: readonly { readonly rule: string; readonly limit: unknown; readonly unit: string | null; readonly only: string | null; readonly source: string; readonly confidence: string }[];
  readonly caps: readonly { readonly cap: string; readonly limit: number; readonly seconds: number }[];
  readonly options: { readonly properties: Readonly<Record<string, { readonly description?: string }>> };
}

const list = async (): Promise<readonly Shown[]> => (await door.call({ to: 'GET /api/networks', key: customer.key })).body.items;

describe('the list of networks', () => {
  it('has every network of the release, and says which of them are configured', async () => {
    const items = await list();
    expect(items.map(({ network }) => network)).toEqual(platforms.map(({ network }) => network));
    expect(items.filter(({ configured }) => configured).map(({ network }) => network).toSorted()).toEqual(['tiktok', 'youtube']);
  });

  it('says what each takes, and within which limits, by the ids of the rules', async () => {
    const items = await list();
    const tiktok = items.find(({ network }) => network === 'tiktok');
    expect(tiktok).toMatchObject({ title: 'TikTok', kinds: ['video', 'photos'] });
    expect(tiktok?.limits).toContainEqual({ rule: 'tiktok.video.duration_max', kind: 'video', limit: 600, unit: 'seconds', only: null, source: expect.stringMatching('media transfer guide'), confidence: 'documented' });
    expect(tiktok?.limits).toContainEqual({ rule: 'tiktok.photos.format', kind: 'photos', limit: ['jpeg', 'webp'], unit: null, only: null, source: 'photo post reference', confidence: 'documented' });
    expect(tiktok?.limits).toContainEqual(expect.objectContaining({ rule: 'tiktok.video.audio_codec', only: 'MP4 and MOV' }));
    for (const { limits } of items) expect(limits.length).toBeGreaterThan(5);
  });

  it('says how often may be posted', async () => {
    const items = await list();
    const threads = items.find(({ network }) => network === 'threads');
    expect(threads?.caps).toContainEqual(expect.objectContaining({ cap: 'threads.posts_per_day', limit: 250, unit: 'items', seconds: 86_400, of: 'account', asked: true, confidence: 'documented' }));
    for (const { network, caps } of items) expect(caps, network).not.toHaveLength(0);
  });

  it('has a schema of the options with which a client can check them, and which says what each of them means', async () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    for (const { network, options } of await list()) {
      const fits = ajv.compile(options);
      expect([network, fits({})]).toEqual([network, true]);
      expect([network, fits({ nothingOfTheKind: 1 })]).toEqual([network, false]);
      for (const [name, option] of Object.entries(options.properties)) expect(option.description, `${network}.${name}`).toMatch(/\w{3}/u);
    }
    const youtube = (await list()).find(({ network }) => network === 'youtube');
    expect(ajv.compile(youtube?.options ?? {})({ privacyStatus: 'secret' })).toBe(false);
  });

  it('is the same for a person at the dashboard', async () => {
    const { jwt } = await door.person('alice');
    expect((await door.call({ to: 'GET /api/networks', jwt })).body.items).toEqual(await list());
  });
});
