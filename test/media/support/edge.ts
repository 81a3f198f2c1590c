import { verify, type KeyObject } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import type { MemoryMedia } from '../../../media/memory.ts';

export interface Edge {
  readonly host: string;
  /** Trusted keys by CloudFront's id. */
  readonly keys: Readonly<Record<string, KeyObject>>;
  readonly clock: Clock;
  readonly bucket: MemoryMedia;
}

const refused = (reason: string): Response => new Response(reason, { status: 403 });

/**
 * A distribution of CloudFront as its documentation describes one with a trusted key group: it puts the canned policy together
 * from the address as it came, so whatever is not spelled exactly so is refused.
 */
export async function edgeFetch({ host, keys, clock, bucket }: Edge, address: string, { method = 'GET', headers }: RequestInit = {}): Promise<Response> {
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.host !== host) throw new Error(`Nobody answers at ${url.origin}`);
  if (method !== 'GET' && method !== 'HEAD') return refused('method');
  // As it goes over the wire: a browser, curl and fetch all normalise before they send.
  const [resource = '', query = '', ...rest] = url.href.split('?');
  const named = /^Expires=(\d+)&Signature=([\w~-]+)&Key-Pair-Id=(\w+)$/u.exec(query);
  if (named === null || rest.length > 0) return refused('query');
  const [, expires = '', signature = '', keyPairId = ''] = named;
  const key = keys[keyPairId];
  if (key === undefined) return refused('key');
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  const bytes = Buffer.from(signature.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
  if (!verify('RSA-SHA1', Buffer.from(policy), key, bytes)) return refused('signature');
  if (clock.now().getTime() >= Number(expires) * 1000) return refused('expired');

  const objectKey = decodeURIComponent(url.pathname.slice(1));
  if (method === 'HEAD') {
    const found = await bucket.head(objectKey);
    return found === null ? refused('no such object') : new Response(null, { headers: { 'content-type': found.contentType, 'content-length': String(found.size) } });
  }
  return bucket.fetch(await bucket.signGet({ objectKey, expiresIn: 1 }), headers === undefined ? {} : { headers });
}
