import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyedUrls } from '../../../functions/workflow/media-domain.ts';
import { memoryMedia } from '../../../media/memory.ts';
import { fingerprintOf } from '../../../media/public-key.ts';
import { edgeFetch } from '../../media/support/edge.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' = 'pkcs8'): string => key.export({ type, format: 'pem' }).toString();

const settings = { host: 'media.example.com', keyPairId: 'K1', keyFingerprint: fingerprintOf(publicKey), privateKeyParameter: '/fanfare/prod/media-domain/private-key' };
const clock = { now: () => new Date('2026-11-21T10:00:00Z') };
const objectKey = 'in/ten_1/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4';
const bucket = memoryMedia({ clock });
bucket.put(objectKey, Buffer.from('a film'), 'video/mp4');

let asked: string[];
let stored: string | Error;

beforeEach(() => {
  asked = [];
  stored = pem(privateKey);
});

const signGet = () =>
  keyedUrls(settings, {
    clock,
    secret: async (parameter) => {
      asked.push(parameter);
      if (stored instanceof Error) throw stored;
      return stored;
    },
  });

const statusOf = async (url: string): Promise<number> => (await edgeFetch({ host: settings.host, keys: { K1: publicKey }, clock, bucket }, url)).status;

describe('the key of the media domain', () => {
  it('is read from its parameter with the first URL, once, also where many are made at a time', async () => {
    const sign = signGet();
    expect(asked).toEqual([]);
    const urls = await Promise.all(Array.from({ length: 5 }, () => sign({ objectKey, expiresIn: 60 })));
    urls.push(await sign({ objectKey, expiresIn: 60 }));
    expect(asked).toEqual([settings.privateKeyParameter]);
    for (const url of urls) expect(await statusOf(url)).toBe(200);
  });

  it('may be in either form that OpenSSL writes', async () => {
    stored = pem(privateKey, 'pkcs1');
    expect(await statusOf(await signGet()({ objectKey, expiresIn: 60 }))).toBe(200);
  });

  it('is read again after it could not be', async () => {
    const sign = signGet();
    stored = new Error('ThrottlingException');
    await expect(sign({ objectKey, expiresIn: 60 })).rejects.toThrow('ThrottlingException');
    stored = pem(privateKey);
    expect(await statusOf(await sign({ objectKey, expiresIn: 60 }))).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it('is refused if CloudFront knows another one: nobody would learn why files cannot be fetched', async () => {
    stored = pem(stranger.privateKey);
    await expect(signGet()({ objectKey, expiresIn: 60 })).rejects.toThrow('/fanfare/prod/media-domain/private-key does not belong to mediaDomain.publicKey');
  });

  it.each([
    ['something else', 'hunter2'],
    ['half a key', pem(privateKey).slice(0, 400)],
    ['the public half', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ])('that is %s is named by its parameter, and nothing of it is told', async (_, text) => {
    stored = text;
    const told = await signGet()({ objectKey, expiresIn: 60 }).catch((error: unknown) => error);
    expect(told).toMatchObject({ message: 'The parameter /fanfare/prod/media-domain/private-key holds no private key in PEM: put one there.' });
    expect(inspect(told)).not.toContain(text.slice(0, 40));
  });
});
