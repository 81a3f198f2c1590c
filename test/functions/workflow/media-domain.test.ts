import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock, type Clock } from '../../../core/clock.ts';
import { jsonLog } from '../../../functions/common/log.ts';
import { keyedUrls } from '../../../functions/workflow/media-domain.ts';
import { stepPorts } from '../../../functions/workflow/ports.ts';
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

const statusOf = async (url: string, at: Clock = clock): Promise<number> => (await edgeFetch({ host: settings.host, keys: { K1: publicKey }, clock: at, bucket }, url)).status;

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

/** A URL of the functions that run steps, with this in their environment. */
function signedWith(MEDIA_DOMAIN: string): Promise<string> {
  vi.stubEnv('MEDIA_DOMAIN', MEDIA_DOMAIN);
  return stepPorts()(jsonLog()).media.signGet({ objectKey, expiresIn: 60 });
}

describe('the functions that run steps', () => {
  const parameters: string[] = [];
  const server = createServer((request, response) => {
    parameters.push(String(request.headers['x-amz-target']));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ Parameter: { Value: pem(privateKey) } }));
  });
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  beforeEach(() => {
    const { port } = server.address() as AddressInfo;
    const environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      TABLE_NAME: 'table',
      BUCKET_NAME: 'bucket',
      TOKEN_KEY_ARN: 'arn:aws:kms:us-east-1:000000000000:key/0',
      NETWORKS: '{}',
      PACE: 'standard',
      METRICS_NAMESPACE: 'Fanfare/test',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('sign with S3 and ask for no key where no media domain is configured', async () => {
    expect(await signedWith('null')).toMatch(/X-Amz-Signature=/u);
    expect(parameters).toEqual([]);
  });

  it('sign for the media domain where one is, with the key from the parameter store', async () => {
    expect(await statusOf(await signedWith(JSON.stringify(settings)), systemClock)).toBe(200);
    expect(parameters).toEqual(['AmazonSSM.GetParameter']);
  });
});
