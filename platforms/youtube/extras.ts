import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { DecorateTools } from '../../core/ports/index.ts';
import { parseAnswer, value, type Reply } from '../answers.ts';
import { call, get } from './client.ts';

/**
 * The calls for what a video gets after it is there, one function each (references of thumbnails.set, captions.list and
 * captions.insert). A thumbnail costs 50 units of the project's quota, a look at the captions 50, and a caption file 400.
 */

type Tools = Pick<DecorateTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** Sets the thumbnail of a video: in place of the one that it has, so it may be repeated. */
export async function setThumbnail(tools: Tools, videoId: string, image: { readonly bytes: Uint8Array; readonly contentType: string }): Promise<Reply<null>> {
  const query = new URLSearchParams({ videoId, uploadType: 'media' });
  const url = `${tools.endpoints['api']}/upload/youtube/v3/thumbnails/set?${query.toString()}`;
  // The reference names JPEG and PNG; everything else comes as bytes of no named kind.
  const contentType = ['image/jpeg', 'image/png'].includes(image.contentType) ? image.contentType : 'application/octet-stream';
  const reply = await call(tools, { method: 'POST', url, headers: { 'content-type': contentType }, body: image.bytes }, (answer) =>
    parseAnswer(z.object({ items: z.array(z.unknown()).min(1) }), answer),
  );
  return reply.kind === 'trouble' ? reply : value(null);
}

/** A caption file of a video, as it is told from others. */
export interface Track {
  readonly language: string;
  /** Empty: it has none. */
  readonly name: string;
}

const tracksSchema = z.object({ items: z.array(z.object({ snippet: z.object({ language: z.string(), name: z.string(), trackKind: z.string().optional() }) })) });

/** The caption files that a video has; what YouTube makes of its sound is none of them. */
export async function listTracks(tools: Tools, videoId: string): Promise<Reply<readonly Track[]>> {
  const query = new URLSearchParams({ part: 'snippet', videoId });
  const reply = await get(tools, `/youtube/v3/captions?${query.toString()}`, tracksSchema);
  if (reply.kind === 'trouble') return reply;
  return value(reply.value.items.map(({ snippet }) => snippet).filter(({ trackKind }) => trackKind?.toLowerCase() !== 'asr'));
}

/** Adds a caption file in one request (Google's `multipart` form of uploads). One of the same language and name is refused. */
export async function insertTrack(tools: Tools, videoId: string, { language, name, bytes }: Track & { readonly bytes: Uint8Array }): Promise<Reply<null>> {
  const boundary = `part-${randomUUID()}`;
  const resource = JSON.stringify({ snippet: { videoId, language, name, isDraft: false } });
  const head = `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${resource}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const url = `${tools.endpoints['api']}/upload/youtube/v3/captions?uploadType=multipart&part=snippet`;
  const reply = await call(tools, { method: 'POST', url, headers: { 'content-type': `multipart/related; boundary=${boundary}` }, body }, (answer) =>
    parseAnswer(z.object({ id: z.string().min(1) }), answer),
  );
  return reply.kind === 'trouble' ? reply : value(null);
}
