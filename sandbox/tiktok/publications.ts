import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { SCOPES, fieldsOf, type Accounts, type Creator } from './accounts.ts';
import { bodyOf } from './body.ts';
import { ok, refuse } from './errors.ts';
import type { Checked } from './media.ts';
import type { Rates } from './rates.ts';

/** One post in the making. `publishId` stands for one post at most. */
export interface Publication {
  readonly publishId: string;
  readonly postId: string;
  readonly creator: Creator;
  readonly kind: 'video' | 'photos';
  readonly title: string | null;
  readonly text: string | null;
  readonly privacyLevel: string;
  /** Bytes of a video that are here. */
  uploadedBytes: number;
  /** When its upload ends without its last byte; null: it has all, or needs none. */
  lapsesAt: number | null;
  /** When it had all that it needs: from here on it becomes a post by itself, or fails. */
  acceptedAt: number | null;
  checking: Promise<Checked> | null;
  /** Null: not known yet. */
  checked: Checked | null;
}

export interface Publications {
  add(of: Pick<Publication, 'creator' | 'kind' | 'title' | 'text' | 'privacyLevel' | 'lapsesAt'>): Publication;
  /** It has all that it needs. */
  accept(publication: Publication, checking: Promise<Checked>): void;
  /** `POST /v2/post/publish/status/fetch/`. */
  status(call: Call): Promise<Answer>;
  /** `POST /v2/video/list/`. */
  list(call: Call): Answer;
  posts(): readonly Post[];
  clear(): void;
}

/** Milliseconds of real time that a question waits for files whose processing is over by the clock. */
const PATIENCE = 250;

const LIST_FIELDS = ['id', 'create_time', 'title', 'video_description', 'duration', 'share_url', 'cover_image_url', 'view_count', 'like_count', 'comment_count', 'share_count'];
const LIST_MAX = 20;

const listSchema = z.strictObject({ max_count: z.int().min(1).max(LIST_MAX).default(10), cursor: z.int().min(0).optional() });

export function createPublications({ world, accounts, rates }: { world: World; accounts: Accounts; rates: Rates }): Publications {
  const publications = new Map<string, Publication>();
  const now = () => world.clock.now().getTime();
  const isProcessed = ({ acceptedAt }: Publication) => acceptedAt !== null && acceptedAt + world.processingSeconds * 1000 <= now();

  /** Those that became public posts, oldest first. */
  function visible(): readonly Publication[] {
    const made = [...publications.values()].filter(({ checked, privacyLevel }) => checked?.kind === 'taken' && privacyLevel === 'PUBLIC_TO_EVERYONE');
    return made.toSorted((one, other) => (one.acceptedAt ?? 0) - (other.acceptedAt ?? 0));
  }

  return {
    add(of) {
      const form = of.kind === 'video' ? 'v_pub_file~v2-1' : 'p_pub_url~v2';
      const publication: Publication = {
        ...of,
        publishId: `${form}.${randomDigits(19)}`,
        postId: `7${randomDigits(18)}`,
        uploadedBytes: 0,
        acceptedAt: null,
        checking: null,
        checked: null,
      };
      publications.set(publication.publishId, publication);
      return publication;
    },

    accept(publication, checking) {
      publication.acceptedAt = now();
      publication.lapsesAt = null;
      rates.countPost(publication.creator.openId);
      publication.checking = checking.then((checked) => (publication.checked = checked));
    },

    async status(call) {
      const creator = accounts.authorise(call, SCOPES.publish);
      const { publish_id: publishId } = bodyOf(call, z.strictObject({ publish_id: z.string().max(64) }));
      rates.spend('statusPerMinute', creator.openId);
      const found = publications.get(publishId);
      if (found === undefined) throw refuse(400, 'invalid_publish_id', 'There is no such publish_id.');
      if (found.creator.openId !== creator.openId) {
        throw refuse(400, 'token_not_authorized_for_specified_publish_id', 'The publish_id belongs to another user.');
      }
      return answerOf(found, await stateOf(found));
    },

    list(call) {
      const creator = accounts.authorise(call, SCOPES.list);
      const names = fieldsOf(call, LIST_FIELDS);
      const { max_count: count, cursor = Infinity } = bodyOf(call, listSchema);
      // The list lags: it has a post when its processing is over.
      const mine = visible().filter((each) => each.creator.openId === creator.openId && isProcessed(each) && (each.acceptedAt ?? 0) < cursor);
      const shown = mine.toReversed().slice(0, count);
      const videos = shown.map((each) => {
        const values: Readonly<Record<string, unknown>> = valuesOf(each);
        return Object.fromEntries(names.map((name) => [name, values[name]]));
      });
      return ok({ videos, cursor: shown.at(-1)?.acceptedAt ?? 0, has_more: mine.length > shown.length });
    },

    posts: () =>
      visible().map(({ postId, creator, kind, title, text, checked, acceptedAt }) => ({
        id: postId,
        accountId: creator.openId,
        kind,
        title,
        text,
        mediaSha256: checked?.kind === 'taken' ? checked.sha256 : [],
        createdAt: timestamp(new Date(acceptedAt ?? 0)),
      })),

    clear: () => publications.clear(),
  };

  async function stateOf(publication: Publication): Promise<{ status: string; failReason: string | null }> {
    const { kind, lapsesAt, checking } = publication;
    const processing = { status: kind === 'video' ? 'PROCESSING_UPLOAD' : 'PROCESSING_DOWNLOAD', failReason: null };
    if (lapsesAt !== null && lapsesAt <= now()) return { status: 'FAILED', failReason: 'internal' };
    if (checking === null || !isProcessed(publication)) return processing;
    const checked = await Promise.race([checking, sleep(PATIENCE, null, { ref: false })]);
    if (checked === null) return processing;
    return checked.kind === 'taken' ? { status: 'PUBLISH_COMPLETE', failReason: null } : { status: 'FAILED', failReason: checked.reason };
  }
}

function answerOf({ kind, uploadedBytes, privacyLevel, postId }: Publication, { status, failReason }: { status: string; failReason: string | null }): Answer {
  const answer = ok({
    status,
    ...(failReason !== null && { fail_reason: failReason }),
    ...(kind === 'video' && { uploaded_bytes: uploadedBytes }),
    publicaly_available_post_id: [],
  });
  if (status !== 'PUBLISH_COMPLETE' || privacyLevel !== 'PUBLIC_TO_EVERYONE') return answer;
  // A number of 64 bits, which JavaScript cannot write by itself.
  return { ...answer, body: String(answer.body).replace('"publicaly_available_post_id":[]', `"publicaly_available_post_id":[${postId}]`) };
}

function valuesOf({ postId, creator, title, text, checked, acceptedAt }: Publication) {
  return {
    id: postId,
    create_time: Math.floor((acceptedAt ?? 0) / 1000),
    title: title ?? text ?? '',
    video_description: text ?? '',
    duration: checked?.kind === 'taken' ? Math.round(checked.duration) : 0,
    share_url: `https://www.tiktok.com/@${creator.username}/video/${postId}`,
    cover_image_url: `https://p16-sign.tiktokcdn.com/${postId}.jpeg`,
    view_count: 0,
    like_count: 0,
    comment_count: 0,
    share_count: 0,
  };
}
