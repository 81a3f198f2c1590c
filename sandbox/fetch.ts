import type { Fetched } from './stand-in.ts';

/** Seconds in which a pulled file has to be there. Networks give up on a slow origin too, with an error of their own for it. */
const FETCH_SECONDS = 20;

/** Bytes. A little above the largest file that a pulling network takes, so that one that is too big is seen to be too big. */
const FETCH_MAX = 320_000_000;

/** Fetches a file as a pulling network does: GET, no redirect followed, bounded in time and size. */
export async function httpFetch(url: string): Promise<Fetched> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(FETCH_SECONDS * 1000) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null) {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      // Leaving the loop cancels the rest of the transfer.
      if (size > FETCH_MAX) break;
    }
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.concat(chunks) };
}
