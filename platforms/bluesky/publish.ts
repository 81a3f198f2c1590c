import * as z from 'zod';
import type { ConfirmOutcome, NetworkTools, PublishOutcome, PublishTools, TransferOutcome, TransferTools, Work } from '../../core/ports/index.ts';
import { value } from '../answers.ts';
import { attachmentOf, readWhole } from '../attachments.ts';
import { carried } from '../sequels.ts';
import { photosOf, readExactly } from '../work.ts';
import { COLLECTION, findRecord, findServer, isStored, putRequest, resolveHandle, sessionRequest, uploadBlob, type PutInput, type XrpcReply } from './client.ts';
import { checkpointOf, type Checkpoint } from './checkpoint.ts';
import { authorisedBy, sendAs } from './credentials.ts';
import { refusalOf } from './errors.ts';
import { hasNonce, listen } from './oauth/proof.ts';
import { handlesIn } from './facets.ts';
import { postRecord, recordKey } from './record.ts';
import { optionsOf, textsOf } from './rules.ts';
import { transferVideo } from './upload.ts';

/**
 * A post is a record that refers to files which the account's server has; writing it is the visible call. The record's key is
 * ours and a true key: the same record under the same key changes nothing, and `swapRecord: null` keeps another one from taking
 * its place (both measured on the server software). So neither a repeated call nor one that arrives late makes a second post.
 */

export { CHECKPOINT_VERSION } from './checkpoint.ts';

export const bodySchema = z.object({
  pds: z.string(),
  input: z.object({ repo: z.string(), collection: z.string(), rkey: z.string(), record: z.record(z.string(), z.unknown()), swapRecord: z.null() }),
});

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null) return begin(work, tools);
  switch (work.upload.kind) {
    case 'text':
      return ready(checkpoint, tools);
    case 'photos':
      return transferPhotos(work, checkpoint, tools);
    case 'video':
      return checkpoint.blobs.length > 0 ? transferCaptions(work, checkpoint, tools) : transferVideo(work, checkpoint, tools);
  }
}

/** The post is dated when it is about to be written. */
function ready(checkpoint: Checkpoint, tools: TransferTools, bytesSent?: number): TransferOutcome {
  const dated = { ...checkpoint, createdAt: tools.now().toISOString() };
  return { kind: 'ready', checkpoint: dated, ...(bytesSent !== undefined && { bytesSent }) };
}

/** Finds the account's server, and who is mentioned. */
async function begin(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const server = await findServer(tools, work.account.externalId);
  if (server.kind === 'trouble') return server;
  const mentions = await mentionsIn(textsOf(work).post, server.value, tools);
  if (mentions.kind === 'trouble') return mentions;
  await tools.saveCheckpoint({ pds: server.value, mentions: mentions.value, blobs: [], captions: [], upload: null, job: null, createdAt: null } satisfies Checkpoint);
  return { kind: 'again', afterSeconds: 0 };
}

/** DIDs by the handles that a text mentions, of those that somebody has. */
export async function mentionsIn(text: string, pds: string, tools: TransferTools): Promise<XrpcReply<Readonly<Record<string, string>>>> {
  const mentions: Record<string, string> = {};
  for (const handle of handlesIn(text)) {
    const found = await resolveHandle(tools, pds, handle);
    if (found.kind === 'trouble') return found;
    if (found.value !== null) mentions[handle] = found.value;
  }
  return value(mentions);
}

async function transferPhotos(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const photos = photosOf(work);
  let { blobs } = checkpoint;
  for (const photo of photos.slice(blobs.length)) {
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const bytes = await readExactly(tools, photo, 0, photo.size);
    const stored = await uploadBlob(tools, checkpoint.pds, bytes, photo.contentType);
    if (stored.kind === 'trouble') return stored;
    blobs = [...blobs, stored.value];
    await tools.saveCheckpoint({ ...checkpoint, blobs }, blobs.reduce((sum, { size }) => sum + size, 0));
  }
  return ready({ ...checkpoint, blobs }, tools);
}

/** Captions are part of the post. They are sent last: a file that no post names is dropped after some hours. */
async function transferCaptions(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  let { captions } = checkpoint;
  for (const { file } of (optionsOf(work).captions ?? []).slice(captions.length)) {
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const stored = await uploadBlob(tools, checkpoint.pds, await readWhole(tools, attachmentOf(work, file)), 'text/vtt');
    if (stored.kind === 'trouble') return stored;
    captions = [...captions, stored.value];
    await tools.saveCheckpoint({ ...checkpoint, captions } satisfies Checkpoint);
  }
  return ready({ ...checkpoint, captions }, tools, work.upload.media[0]?.size);
}

export function compose(work: Work): z.input<typeof bodySchema> {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null || checkpoint.createdAt === null) throw new Error('There is no post to publish.');
  const { pds, blobs, captions, mentions, createdAt } = checkpoint;
  const record = postRecord(work, { blobs, captions, mentions, createdAt });
  return { pds, input: { repo: work.account.externalId, collection: COLLECTION, rkey: recordKey(work), record, swapRecord: null }, ...carried(textsOf(work)) };
}

/** A nonce for the proof of the visible call, where the account's token is bound to a key: it is refused without one. */
export async function prepareCall(_work: Work, body: unknown, tools: NetworkTools): Promise<void> {
  const { pds } = bodySchema.parse(body);
  if ((await tools.binding()) === null || hasNonce(pds, tools.now())) return;
  await sendAs(tools, sessionRequest(pds));
}

export async function publish(body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const { pds, input } = bodySchema.parse(body);
  const token = await tools.accessToken();
  const request = putRequest(pds, input);
  const result = await tools.sendOnce(await authorisedBy(tools, request));
  listen(request, result, tools.now());
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  if (isStored(result.answer, uriOf(input))) return { kind: 'published', ...placeOf(input) };
  const { trouble, name, definite } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  // A record has this key, and not quite this one: an earlier call did it.
  if (name === 'InvalidSwap' || !definite) return { kind: 'ambiguous', evidence };
  return { kind: 'refused', evidence, trouble, artefactLost: name === 'BlobNotFound' };
}

export async function confirm(body: unknown, tools: NetworkTools): Promise<ConfirmOutcome> {
  const { pds, input } = bodySchema.parse(body);
  const there = await findRecord(tools, pds, input);
  if (there.kind === 'trouble') return { kind: 'undecided', evidence: there.trouble.message, trouble: there.trouble };
  if (there.value !== null) return { kind: 'found', ...placeOf(input) };
  return { kind: 'absent', evidence: `there is no record ${input.rkey}`, artefactLost: false };
}

function uriOf({ repo, collection, rkey }: PutInput): string {
  return `at://${repo}/${collection}/${rkey}`;
}

/** Known before anything is sent. By DID: the handle may change. */
function placeOf(input: PutInput): { readonly externalId: string; readonly externalUrl: string } {
  return { externalId: uriOf(input), externalUrl: `https://bsky.app/profile/${input.repo}/post/${input.rkey}` };
}
