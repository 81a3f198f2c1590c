import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { openDoor, START, type Customer, type Door } from './support/door.ts';

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
  readonly availability: { readonly state: string; readonly until: string | null; readonly reason: string | null };
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

  it('says whether posts go out to each now, and nothing of what other tenants alone have met', async () => {
    const other = await door.customer();
    const shownTo = async ({ key }: Customer, network: string) =>
      (await door.call({ to: 'GET /api/networks', key })).body.items.find((item: Shown) => item.network === network).availability;
    const ok = { state: 'ok', until: null, reason: null };
    expect(await shownTo(customer, 'threads')).toEqual(ok);

    const [soon, later] = ['2026-04-01T10:05:00Z', '2026-04-01T11:00:00Z'];
    await door.store.stopApp({ network: 'threads', stop: { until: later, code: 'rate_limited', message: 'Threads asks this installation for a pause.' } });
    const limited = { state: 'limited', until: later, reason: 'rate_limited' };
    expect([await shownTo(customer, 'threads'), await shownTo(other, 'threads'), await shownTo(other, 'x')]).toEqual([limited, limited, ok]);

    const open = { state: 'open', since: START, openedAt: START, opens: 1, until: soon, probe: null } as const;
    await door.store.moveBreaker({ network: 'x', from: 0, breaker: { ...open, tenantId: customer.tenantId } });
    await door.store.moveBreaker({ network: 'reddit', from: 0, breaker: { ...open, tenantId: null } });
    const down = { state: 'down', until: soon, reason: 'platform_unavailable' };
    expect([await shownTo(customer, 'x'), await shownTo(other, 'x')]).toEqual([down, ok]);
    expect([await shownTo(customer, 'reddit'), await shownTo(other, 'reddit')]).toEqual([down, down]);

    door.clock.pass(3600);
    for (const network of ['threads', 'x', 'reddit']) expect(await shownTo(customer, network)).toEqual(ok);
  });

  it('is the same for a person at the dashboard', async () => {
    const { jwt } = await door.person('alice');
    expect((await door.call({ to: 'GET /api/networks', jwt })).body.items).toEqual(await list());
  });
});
