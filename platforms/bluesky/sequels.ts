import * as z from 'zod';
import type { NamedPost, Sequels, SequelWork, TransferOutcome, TransferTools } from '../../core/ports/index.ts';
import { troubleOf } from '../answers.ts';
import { followingIn, ofSequel, sequelText } from '../sequels.ts';
import { COLLECTION, findRecord, recordSchema, type RecordRef, type XrpcReply } from './client.ts';
import { bodySchema, confirm, mentionsIn, publish } from './publish.ts';
import { recordKey, replyRecord } from './record.ts';

/**
 * The parts of a thread after the first, and the first comment: records that name the first post and the one before them, each in the
 * version in which it is there, and each under a true key of its own, as the post is.
 */
export const sequels: Sequels = {
  follow: (_work, body) => followingIn(body),
  checkpointVersion: 1,
  transfer,
  compose(work): z.input<typeof bodySchema> {
    const { name, post } = work.sequel;
    const { pds } = bodySchema.parse(post.body);
    const record = replyRecord(work, sequelText(work), checkpointSchema.parse(work.checkpoint));
    return { pds, input: { repo: work.account.externalId, collection: COLLECTION, rkey: recordKey(work, name), record, swapRecord: null } };
  },
  async publish(_work, body, tools) {
    const outcome = await publish(body, tools);
    return outcome.kind === 'refused' ? { ...outcome, trouble: ofSequel(outcome.trouble) } : outcome;
  },
  confirm: (_work, body, _attempt, tools) => confirm(body, tools),
};

const checkpointSchema = z.object({
  reply: z.object({ root: recordSchema, parent: recordSchema }),
  /** DIDs by the handles that the text mentions, of those that somebody has. */
  mentions: z.record(z.string(), z.string()),
  createdAt: z.string(),
});

async function transfer(work: SequelWork, tools: TransferTools): Promise<TransferOutcome> {
  const { post, before } = work.sequel;
  const { pds } = bodySchema.parse(post.body);
  const root = await versionOf(post, pds, tools);
  if (root.kind === 'trouble') return root;
  const parent = before.externalId === post.externalId ? root : await versionOf(before, pds, tools);
  if (parent.kind === 'trouble') return parent;
  const mentions = await mentionsIn(sequelText(work), pds, tools);
  if (mentions.kind === 'trouble') return mentions;
  const prepared = { reply: { root: root.value, parent: parent.value }, mentions: mentions.value, createdAt: tools.now().toISOString() };
  return { kind: 'ready', checkpoint: prepared satisfies z.output<typeof checkpointSchema> };
}

/** A post of this account, which was there a moment ago. */
async function versionOf({ externalId }: NamedPost, pds: string, tools: TransferTools): Promise<XrpcReply<RecordRef>> {
  const [, repo = '', collection = '', rkey = ''] = /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/u.exec(externalId) ?? [];
  const found = await findRecord(tools, pds, { repo, collection, rkey });
  if (found.kind === 'trouble') return found;
  return found.value === null ? { kind: 'trouble', trouble: GONE, refusal: null } : { kind: 'value', value: found.value };
}

const GONE = troubleOf({ class: 'permanent', code: 'platform_unavailable', message: 'The post that it was to answer is not on Bluesky any more.' }, { code: 'RecordNotFound', text: null }, null);
