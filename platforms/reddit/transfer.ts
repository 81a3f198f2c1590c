import { Readable } from 'node:stream';
import type { ByteStream, TransferOutcome, TransferTools, Trouble, Work } from '../../core/ports/index.ts';
import { sameText } from '../text.ts';
import { streamOf, videoOf } from '../work.ts';
import { checkpointOf, type Checkpoint } from './checkpoint.ts';
import { createAsset, listSubmitted, readSubreddit, sendFile, typeOf, type ListedPost, type Subreddit } from './client.ts';
import { notTaken } from './errors.ts';
import { plainPoster } from './poster.ts';
import { optionsOf } from './rules.ts';

/**
 * Before the post: whether the subreddit takes it, which posts of the account look like it already, and the files, each to a place
 * of its own. Nobody sees any of it.
 */

/** A file on its way. */
interface Item {
  readonly mimeType: string;
  readonly extension: string;
  readonly content: ByteStream;
}

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const { upload, account } = work;
  let checkpoint: Checkpoint = checkpointOf(work);
  const items = itemsOf(work, tools);
  if (checkpoint.before === null) {
    const { subreddit = '' } = optionsOf(work);
    const about = await readSubreddit(tools, subreddit);
    if (about.kind === 'trouble') return about;
    const obstacle = obstacleOf(work, subreddit, about.value);
    if (obstacle !== null) return { kind: 'trouble', trouble: obstacle };
    const listed = await listSubmitted(tools, account.name);
    if (listed.kind === 'trouble') return listed;
    // With an attempt in doubt, what is there may be its post.
    const old = work.attempts.doubtedSince === null ? listed.value.posts : [];
    const before = old.filter((post) => looksLike(post, { subreddit, title: upload.title })).map(({ id }) => id);
    checkpoint = { ...checkpoint, before };
    await tools.saveCheckpoint(checkpoint, 0);
  }
  for (;;) {
    const next = items[checkpoint.files.length];
    if (next === undefined) return { kind: 'ready', checkpoint, bytesSent: sentBytes(work, checkpoint) };
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const { mimeType, extension, content } = next;
    // The name of the file on somebody's computer is nobody's business.
    const fileName = `${upload.uploadId}-${checkpoint.files.length + 1}.${extension}`;
    const asset = await createAsset(tools, { filePath: fileName, mimeType });
    if (asset.kind === 'trouble') return asset;
    const sent = await sendFile(tools, asset.value, { fileName, contentType: mimeType, content });
    if (sent.kind === 'trouble') return sent;
    const { assetId, url } = asset.value;
    checkpoint = { ...checkpoint, files: [...checkpoint.files, { assetId, url }] };
    await tools.saveCheckpoint(checkpoint, sentBytes(work, checkpoint));
  }
}

/** The files of the upload; behind a video its poster. */
function itemsOf(work: Work, tools: TransferTools): readonly Item[] {
  const items = work.upload.media.map((media) => ({ ...typeOf(media), content: streamOf(tools, media) }));
  if (work.upload.kind !== 'video') return items;
  const poster = plainPoster(videoOf(work).facts ?? undefined);
  return [...items, { mimeType: 'image/png', extension: 'png', content: { length: poster.byteLength, open: () => Promise.resolve(Readable.from([poster])) } }];
}

function obstacleOf({ upload }: Work, subreddit: string, { texts, images, videos }: Subreddit): Trouble | null {
  switch (upload.kind) {
    case 'text':
      return texts === false ? notTaken(subreddit, 'posts of text') : null;
    case 'photos':
      return images === false ? notTaken(subreddit, 'photos') : null;
    case 'video':
      return videos === false ? notTaken(subreddit, 'videos') : null;
  }
}

/** Whether a post is in this subreddit under this title. */
export function looksLike(post: ListedPost, { subreddit, title }: { subreddit: string; title: string }): boolean {
  return post.subreddit.toLowerCase() === subreddit.toLowerCase() && sameText(post.title, title);
}

/** Of the upload's own files. */
function sentBytes({ upload }: Work, { files }: Checkpoint): number {
  return upload.media.slice(0, files.length).reduce((sum, { size }) => sum + size, 0);
}
