import { once } from 'node:events';
import { Readable } from 'node:stream';

/**
 * The bytes of an answer, each copied once, to where it belongs: the SDK's own way holds all of them twice while it puts them
 * together. Throws if there are not as many as S3 announced.
 */
export async function bytesOf({ Body: body, ContentLength: length }: { readonly Body?: unknown; readonly ContentLength?: number | undefined }): Promise<Uint8Array> {
  if (!(body instanceof Readable) || length === undefined) throw new Error('S3 answered without a body or its length.');
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  body.on('data', (chunk: Uint8Array) => {
    // What is too much is only counted.
    if (filled + chunk.byteLength <= length) bytes.set(chunk, filled);
    filled += chunk.byteLength;
  });
  // Throws if the connection breaks.
  await once(body, 'end');
  if (filled !== length) throw new Error(`S3 announced ${length} bytes and sent ${filled}.`);
  return bytes;
}
