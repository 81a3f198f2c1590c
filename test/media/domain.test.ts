import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { domainUrls, type MediaDomain } from '../../media/domain.ts';
import { memoryMedia } from '../../media/memory.ts';
import { fingerprintOf } from '../../media/public-key.ts';
import { mediaConformance } from './conformance/suite.ts';
import { edgeFetch } from './support/edge.ts';

const host = 'media.example.com';
const keyPairId = 'K2JCJMDEHXQW5F';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DAY = 24 * 3600;

let now = Date.parse('2026-11-21T10:00:00Z');
const clock = { now: () => new Date(now) };
const memory = memoryMedia({ clock });
const keys = { [keyPairId]: publicKey };
const edge = (url: string, init?: RequestInit) => edgeFetch({ host, keys, clock, bucket: memory }, url, init);
const urls = (changes: Partial<MediaDomain> = {}) => domainUrls({ host, keyPairId, privateKey: async () => privateKey, clock, ...changes });

describe('media behind a domain', () => {
  mediaConformance(() => ({
    media: { ...memory, signGet: urls() },
    fetch: (url, init) => (new URL(url).host === host ? edge(url, init) : memory.fetch(url, init)),
    pass: async (seconds) => {
      now += seconds * 1000;
    },
  }));
});

describe('a URL of the media domain', () => {
  const objectKey = 'in/ten_1/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4';

  beforeEach(() => {
    now = Date.parse('2026-11-21T10:00:00Z');
    memory.put(objectKey, Buffer.from('a film'), 'video/mp4');
  });

  it('names the host, the key as a path, and nothing but the three parameters of a canned policy', async () => {
    const url = await urls()({ objectKey, expiresIn: 60 });
    expect(url).toMatch(/^https:\/\/media\.example\.com\/in\/ten_1\/01JH8ZC4T0M2V3W4X5Y6Z7A8B9\/1\.mp4\?Expires=1795255260&Signature=[\w~-]{344}&Key-Pair-Id=K2JCJMDEHXQW5F$/u);
  });

  it('is answered to GET and to HEAD, and to nothing else', async () => {
    const url = await urls()({ objectKey, expiresIn: 60 });
    expect(await (await edge(url)).text()).toBe('a film');
    const head = await edge(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([200, '6', 'video/mp4']);
    for (const method of ['PUT', 'POST', 'DELETE']) expect((await edge(url, { method })).status).toBe(403);
  });

  it.each([
    [0, 59_999, 200],
    [0, 60_000, 403],
    [1, 59_999, 200],
    [999, 59_999, 200],
    [999, 60_000, 200],
    [999, 60_001, 403],
  ])('made %i ms after a second for 60 seconds is after %i ms answered with %i: it lives as long as was asked, and less than a second longer', async (beyond, later, status) => {
    now += beyond;
    const url = await urls()({ objectKey, expiresIn: 60 });
    now += later;
    expect((await edge(url)).status).toBe(status);
  });

  it.each([0, -1, 1.5, Number.NaN, 7 * DAY + 1])('is not made for %d seconds', async (expiresIn) => {
    await expect(urls()({ objectKey, expiresIn })).rejects.toThrow(RangeError);
  });

  it.each([1, 7 * DAY])('is made for %d seconds', async (expiresIn) => {
    expect((await edge(await urls()({ objectKey, expiresIn }))).status).toBe(200);
  });

  it('holds for one object, one end and one key', async () => {
    memory.put('in/ten_2/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4', Buffer.from('of others'), 'video/mp4');
    const url = await urls()({ objectKey, expiresIn: 60 });
    expect((await edge(url.replace('ten_1', 'ten_2'))).status).toBe(403);
    expect((await edge(url.replace('Expires=17952552', 'Expires=17952553'))).status).toBe(403);
    expect((await edge(`${url}&versionId=1`)).status).toBe(403);
    expect((await edge(await urls({ privateKey: async () => stranger.privateKey })({ objectKey, expiresIn: 60 }))).status).toBe(403);
    expect((await edge(await urls({ keyPairId: 'K3' })({ objectKey, expiresIn: 60 }))).status).toBe(403);
  });

  it.each([
    "in/a b+c%20'(*)!~ü&=?#/1.mp4",
    'in/a%2Fb/1.mp4',
    'in/a//b/1.mp4',
    'in/1.mp4/',
    '/in/1.mp4',
    'in/"\\<>^`{|}$,;:@[]\t\n\u0000\u007F.mp4',
    'in/片 é é 👩‍👩‍👧.mp4',
    'in/Expires=1&Signature=x&Key-Pair-Id=y?Policy=z.mp4',
  ])('leads to the object however odd its key is: %j', async (odd) => {
    memory.put(odd, Buffer.from(odd), 'video/mp4');
    const answer = await edge(await urls()({ objectKey: odd, expiresIn: 60 }));
    expect([answer.status, await answer.text()]).toEqual([200, odd]);
  });

  it('leads to the object for every key that an address can have', async () => {
    // Clients take `.` and `..` out of a path: no address leads to such a key, whoever signs it.
    const named = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((key) => key.split('/').every((segment) => segment !== '.' && segment !== '..'));
    await fc.assert(
      fc.asyncProperty(named, fc.integer({ min: 1, max: 7 * DAY }), async (odd, expiresIn) => {
        const bytes = randomBytes(8);
        memory.put(odd, bytes, 'video/mp4');
        const answer = await edge(await urls()({ objectKey: odd, expiresIn }));
        expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([200, bytes]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the fingerprint of a public key', () => {
  it('is the same for a private key and its public half, and another for every other key', () => {
    expect(fingerprintOf(createPublicKey(privateKey))).toBe(fingerprintOf(publicKey));
    expect(fingerprintOf(publicKey)).toMatch(/^[0-9a-f]{64}$/u);
    expect(fingerprintOf(stranger.publicKey)).not.toBe(fingerprintOf(publicKey));
  });
});
