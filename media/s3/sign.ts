import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { escapeUri, pathOfKey } from '../uri.ts';
import { demandNoChecksums } from './checksums.ts';

export interface UrlRequest {
  readonly method: 'GET' | 'PUT';
  readonly objectKey: string;
  readonly query: Readonly<Record<string, string>>;
  /** Signed besides the host: whoever uses the URL must send exactly these. */
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly expiresIn: number;
}

export type SignUrl = (request: UrlRequest) => Promise<string>;

/** Where and how a client addresses its bucket. */
interface Address {
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** What comes before the key: `/`, or `/<bucket>/` where the bucket is no part of the host. */
  readonly base: string;
  readonly region: string;
}

/**
 * Presigned URLs (Signature Version 4, in the query) made by the presigner package's own signer on requests that are put
 * together here. Running an SDK command for each URL gives the same ones, several times slower: a session has up to 10,000
 * of them. Whether the bucket is in the host or in the path, and which region signs, is the client's own answer, asked for once.
 */
export function urlSigner(client: S3Client, bucket: string): SignUrl {
  let prepared: Promise<{ address: Address; presigner: S3RequestPresigner }> | undefined;

  async function prepare(): Promise<{ address: Address; presigner: S3RequestPresigner }> {
    await demandNoChecksums(client);
    const address = await addressOf(client, bucket);
    return { address, presigner: new S3RequestPresigner({ ...client.config, region: async () => address.region }) };
  }

  return async (request) => {
    prepared ??= prepare();
    let ready;
    try {
      ready = await prepared;
    } catch (error) {
      // Credentials that were not there once may be there the next time.
      prepared = undefined;
      throw error;
    }
    const { protocol, host, hostname, port, base } = ready.address;
    const signed = await ready.presigner.presign(
      {
        method: request.method,
        protocol,
        hostname,
        ...(port === undefined ? {} : { port }),
        path: base + pathOfKey(request.objectKey),
        query: { ...request.query },
        headers: { ...request.headers, host },
      },
      { expiresIn: request.expiresIn },
    );
    return `${protocol}//${host}${signed.path}?${queryString(signed.query ?? {})}`;
  };
}

/** Takes one URL apart that the SDK made: its endpoint rules know virtual hosts, IP addresses, FIPS, access points and custom endpoints. */
async function addressOf(client: S3Client, bucket: string): Promise<Address> {
  const url = new URL(await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'key' })));
  const scope = url.searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  const region = scope.at(-3);
  if (region === undefined || !url.pathname.endsWith('/key')) throw new Error(`The S3 client signs in a way that is not known: ${url.origin}${url.pathname}`);
  return {
    protocol: url.protocol,
    host: url.host,
    hostname: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    base: url.pathname.slice(0, -'key'.length),
    region,
  };
}

function queryString(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  let text = '';
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw new TypeError(`The signed parameter ${name} has no single value`);
    text += `${text === '' ? '' : '&'}${escapeUri(name)}=${escapeUri(value)}`;
  }
  return text;
}
