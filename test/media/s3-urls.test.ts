import { createHash, createHmac } from 'node:crypto';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3Media } from '../../media/s3.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const objectKey = 'in/ten_1/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4';
const multipartId = 'exampleTUVGeKAk3Ob7qMyn_RKqe3ROcavPRwg92eA6.JPD4ybIGRxJx9R0V-';

async function partUrl(configuration: S3ClientConfig = {}): Promise<URL> {
  const client = new S3Client({ region: 'eu-central-1', credentials, requestChecksumCalculation: 'WHEN_REQUIRED', ...configuration });
  const media = s3Media({ client, bucket: 'some-media' });
  const [signed] = await media.signParts({ objectKey, multipartId, parts: [{ partNumber: 7, contentLength: 16_777_216 }], expiresIn: 3600 });
  return new URL(signed?.url ?? '');
}

/** Signature Version 4 in the query, worked out by hand as AWS documents it. */
function signature(url: URL, headers: Readonly<Record<string, string>>): string {
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature').map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const names = Object.keys(headers).toSorted();
  const canonical = ['PUT', url.pathname, query.toSorted().join('&'), ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = (url.searchParams.get('X-Amz-Credential') ?? '').split('/').slice(1);
  const toSign = ['AWS4-HMAC-SHA256', url.searchParams.get('X-Amz-Date'), scope.join('/'), createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => createHmac('sha256', last).update(part).digest(), `AWS4${credentials.secretAccessKey}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

describe('a part URL on S3', () => {
  // The tests may run where everything else goes to an emulator.
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("names the bucket's regional virtual host, so that no browser meets a redirect", async () => {
    const url = await partUrl();
    expect(url.origin).toBe('https://some-media.s3.eu-central-1.amazonaws.com');
    expect(url.pathname).toBe(`/${objectKey}`);
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request$/u);
  });

  it.each([
    ['us-east-1', {}, 'https://some-media.s3.us-east-1.amazonaws.com', ''],
    ['an address', { endpoint: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566', '/some-media'],
    ['a host in path style', { endpoint: 'https://objects.example:9000', forcePathStyle: true }, 'https://objects.example:9000', '/some-media'],
    ['a host', { endpoint: 'https://objects.example' }, 'https://some-media.objects.example', ''],
    ['dual stack', { useDualstackEndpoint: true }, 'https://some-media.s3.dualstack.eu-central-1.amazonaws.com', ''],
  ])('follows the client to %s', async (name, configuration, origin, base) => {
    const url = await partUrl({ ...configuration, ...(name === 'us-east-1' ? { region: name } : {}) });
    expect(url.origin).toBe(origin);
    expect(url.pathname).toBe(`${base}/${objectKey}`);
  });

  it('is signed for its host and its length, and for nothing else', async () => {
    const url = await partUrl();
    expect([...url.searchParams.keys()].toSorted()).toEqual([
      'X-Amz-Algorithm',
      'X-Amz-Content-Sha256',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-Signature',
      'X-Amz-SignedHeaders',
      'partNumber',
      'uploadId',
    ]);
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    expect(url.searchParams.get('X-Amz-Content-Sha256')).toBe('UNSIGNED-PAYLOAD');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('3600');
    expect(url.searchParams.get('partNumber')).toBe('7');
    expect(url.searchParams.get('uploadId')).toBe(multipartId);
    expect(url.searchParams.get('X-Amz-Signature')).toBe(signature(url, { host: url.host, 'content-length': '16777216' }));
    expect(url.searchParams.get('X-Amz-Signature')).not.toBe(signature(url, { host: url.host, 'content-length': '16777215' }));
  });

  it('is signed right with a port and a session token', async () => {
    const url = await partUrl({ endpoint: 'http://127.0.0.1:4566', credentials: { ...credentials, sessionToken: 'IQoJ+b/3J=' } });
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('IQoJ+b/3J=');
    expect(url.searchParams.get('X-Amz-Signature')).toBe(signature(url, { host: '127.0.0.1:4566', 'content-length': '16777216' }));
  });

  it('is refused to a client that would ask for the checksum of an empty body, and so is the opening', async () => {
    await expect(partUrl({ requestChecksumCalculation: 'WHEN_SUPPORTED' })).rejects.toThrow('WHEN_REQUIRED');
    const media = s3Media({ client: new S3Client({ region: 'eu-central-1', credentials }), bucket: 'some-media' });
    await expect(media.openMultipart({ objectKey, contentType: 'video/mp4' })).rejects.toThrow('WHEN_REQUIRED');
  });

  it('can be had again once credentials are there', async () => {
    let there = false;
    const client = new S3Client({
      region: 'eu-central-1',
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: async () => {
        if (!there) throw new Error('no credentials yet');
        return credentials;
      },
    });
    const media = s3Media({ client, bucket: 'some-media' });
    await expect(media.signGet({ objectKey, expiresIn: 60 })).rejects.toThrow('no credentials yet');
    there = true;
    expect(await media.signGet({ objectKey, expiresIn: 60 })).toContain(`/${objectKey}?`);
  });
});
