import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Blobs } from './blobs.ts';
import { input, nsidSchema, parameters, tidSchema } from './call.ts';
import { recordCid } from './cid.ts';
import { invalidRequest, refuse } from './errors.ts';
import type { Limits } from './limits.ts';
import { filesOf, postSchema, referencesOf, type PostRecord } from './post-schema.ts';

export const COLLECTION = 'app.bsky.feed.post';

interface Stored {
  readonly did: string;
  readonly rkey: string;
  readonly record: PostRecord;
  readonly cid: string;
  /** When it was written here; its own `createdAt` is what the client says. */
  readonly writtenAt: Date;
  /** Of the bytes that the network received. */
  readonly mediaSha256: readonly string[];
}

/** The posts in the repositories of the accounts. */
export interface Records {
  put(call: Call): Answer;
  create(call: Call): Answer;
  read(call: Call): Answer;
  list(call: Call): Answer;
  remove(call: Call): Answer;
  posts(): readonly Post[];
  clear(): void;
}

const target = { repo: z.string(), collection: nsidSchema };
const common = { ...target, validate: z.boolean().optional(), swapCommit: z.string().optional() };
const putSchema = z.strictObject({ ...common, rkey: z.string(), record: z.unknown(), swapRecord: z.string().nullable().optional() });
const createSchema = z.strictObject({ ...common, rkey: z.string().optional(), record: z.unknown() });
const removeSchema = z.strictObject({ ...target, rkey: z.string(), swapRecord: z.string().optional(), swapCommit: z.string().optional() });

export function createRecords({ world, accounts, blobs, limits }: { world: World; accounts: Accounts; blobs: Blobs; limits: Limits }): Records {
  const records = new Map<string, Stored>();
  let commits = 0;

  const uriOf = ({ did, rkey }: Pick<Stored, 'did' | 'rkey'>): string => `at://${did}/${COLLECTION}/${rkey}`;
  const commit = () => ({ commit: { cid: recordCid({ commit: (commits += 1) }), rev: newTid() } });

  /** A TID of this moment. */
  function newTid(): string {
    const alphabet = '234567abcdefghijklmnopqrstuvwxyz';
    let bits = (BigInt(world.clock.now().getTime()) * 1000n << 10n) | BigInt(Number(randomDigits(6)) % 1024);
    let tid = '';
    for (let at = 0; at < 13; at += 1) {
      tid = `${alphabet[Number(bits & 31n)]}${tid}`;
      bits >>= 5n;
    }
    return tid;
  }

  /** Refuses another account's repository, and collections that nobody here knows. */
  function requireOwn(account: Account, { repo, collection }: { repo: string; collection: string }): void {
    const owner = accounts.find(repo);
    if (owner === undefined) throw refuse(403, 'AccountNotFound', 'Account not found');
    if (owner.did !== account.did) throw refuse(401, 'AuthenticationRequired', 'Authentication Required');
    if (collection !== COLLECTION) throw invalidRequest(`The sandbox has no collection ${collection}`);
  }

  /**
   * Refuses an answer to a post that is not there, or not in this version. The server takes it; what shows posts hides it, since
   * there is nothing under which it could stand.
   */
  function requireThere({ reply }: PostRecord): void {
    const missing = [reply?.root, reply?.parent].find((named) => named !== undefined && records.get(named.uri)?.cid !== named.cid);
    if (missing !== undefined) throw invalidRequest(`The sandbox has no record ${missing.uri} of the version ${missing.cid}`);
  }

  function write({ did }: Account, rkey: string, record: PostRecord, cid: string): Stored {
    requireThere(record);
    const found = referencesOf(record).map((reference) => {
      const blob = blobs.get(did, reference.ref.$link);
      if (blob === undefined) throw refuse(400, 'BlobNotFound', `Could not find blob: ${reference.ref.$link}`);
      // Only at its first use (measured): afterwards a record may say of it what it likes.
      if (blob.inUse) return blob;
      if (blob.mimeType !== reference.mimeType) {
        throw refuse(400, 'InvalidMimeType', `Referenced Mimetype does not match stored blob. Expected: ${blob.mimeType}, Got: ${reference.mimeType}`);
      }
      if (blob.size !== reference.size) {
        throw refuse(400, 'InvalidSize', `Referenced Size does not match stored blob. Expected: ${blob.size}, Got: ${reference.size}`);
      }
      return blob;
    });
    for (const blob of found) blob.inUse = true;
    const mediaSha256 = filesOf(record).map(({ ref }) => blobs.get(did, ref.$link)?.sha256 ?? '');
    const stored = { did, rkey, record, cid, writtenAt: records.get(uriOf({ did, rkey }))?.writtenAt ?? world.clock.now(), mediaSha256 };
    records.set(uriOf(stored), stored);
    return stored;
  }

  function captionsOf({ did, record: { embed } }: Stored): Pick<Post, 'captions'> {
    if (embed?.$type !== 'app.bsky.embed.video' || embed.captions === undefined) return {};
    return { captions: embed.captions.map(({ lang, file }) => ({ language: lang, name: '', sha256: blobs.get(did, file.ref.$link)?.sha256 ?? '' })) };
  }

  return {
    put(call) {
      const account = accounts.authorise(call);
      const { rkey, swapRecord, swapCommit, ...to } = input(call, putSchema);
      requireOwn(account, to);
      requireTid(rkey);
      if (swapCommit !== undefined) throw invalidRequest('The sandbox keeps no commits to swap');
      const headers = limits.spend(account.did, ['writePointsPerHour', 'writePointsPerDay'], 2);
      const record = parse(to.record);
      const cid = recordCid(record);
      const uri = uriOf({ did: account.did, rkey });
      const current = records.get(uri);
      const answer = { uri, cid, validationStatus: 'valid' };
      // Nothing changes: said before the swap is looked at, and without a commit (measured).
      if (current?.cid === cid) return json(200, answer, headers);
      if (swapRecord !== undefined && (current?.cid ?? null) !== swapRecord) throw refuse(400, 'InvalidSwap', `Record was at ${current?.cid ?? null}`);
      write(account, rkey, record, cid);
      return json(200, { ...answer, ...commit() }, headers);
    },

    create(call) {
      const account = accounts.authorise(call);
      const { rkey = newTid(), swapCommit, ...to } = input(call, createSchema);
      requireOwn(account, to);
      requireTid(rkey);
      if (swapCommit !== undefined) throw invalidRequest('The sandbox keeps no commits to swap');
      const headers = limits.spend(account.did, ['writePointsPerHour', 'writePointsPerDay'], 3);
      const record = parse(to.record);
      const cid = recordCid(record);
      // The server has no word for a key that is taken (measured).
      if (records.has(uriOf({ did: account.did, rkey }))) throw refuse(500, 'InternalServerError', 'Internal Server Error');
      const stored = write(account, rkey, record, cid);
      return json(200, { uri: uriOf(stored), cid, ...commit(), validationStatus: 'valid' }, headers);
    },

    read(call) {
      const { repo, collection, rkey, cid } = parameters(call, { ...target, rkey: z.string(), cid: z.string().optional() });
      const did = accounts.find(repo)?.did;
      if (did === undefined) throw invalidRequest('Could not locate record');
      const found = collection === COLLECTION ? records.get(uriOf({ did, rkey })) : undefined;
      const uri = `at://${did}/${collection}/${rkey}`;
      if (found === undefined || (cid !== undefined && cid !== found.cid)) throw refuse(400, 'RecordNotFound', `Could not locate record: ${uri}`);
      return json(200, { uri, cid: found.cid, value: found.record });
    },

    list(call) {
      const { repo, collection, limit, cursor, reverse } = parameters(call, {
        ...target,
        limit: z.coerce.number().int().min(1).max(100).default(50),
        cursor: z.string().optional(),
        reverse: z.enum(['true', 'false']).default('false'),
      });
      const did = accounts.find(repo)?.did;
      if (did === undefined) throw invalidRequest(`Could not find repo: ${repo}`);
      const oldestFirst = [...records.values()].filter((stored) => stored.did === did && collection === COLLECTION).toSorted((a, b) => (a.rkey < b.rkey ? -1 : 1));
      const ordered = reverse === 'true' ? oldestFirst : oldestFirst.toReversed();
      const left = cursor === undefined ? ordered : ordered.filter(({ rkey }) => (reverse === 'true' ? rkey > cursor : rkey < cursor));
      const shown = left.slice(0, limit);
      // Also on the last page: the next one is empty.
      const last = shown.at(-1)?.rkey;
      return json(200, { records: shown.map((stored) => ({ uri: uriOf(stored), cid: stored.cid, value: stored.record })), ...(last !== undefined && { cursor: last }) });
    },

    remove(call) {
      const account = accounts.authorise(call);
      const { rkey, swapRecord, ...to } = input(call, removeSchema);
      requireOwn(account, to);
      const headers = limits.spend(account.did, ['writePointsPerHour', 'writePointsPerDay']);
      const uri = uriOf({ did: account.did, rkey });
      const current = records.get(uri);
      if (swapRecord !== undefined && current?.cid !== swapRecord) throw refuse(400, 'InvalidSwap', `Record was at ${current?.cid ?? null}`);
      // Deleting what is not there is fine, and commits nothing.
      return json(200, records.delete(uri) ? commit() : {}, headers);
    },

    posts: () =>
      [...records.values()]
        .toSorted((a, b) => a.writtenAt.getTime() - b.writtenAt.getTime())
        .map((stored) => ({
          id: uriOf(stored),
          accountId: stored.did,
          kind: kindOf(stored.record),
          title: null,
          text: stored.record.text === '' ? null : stored.record.text,
          mediaSha256: stored.mediaSha256,
          ...captionsOf(stored),
          createdAt: timestamp(stored.writtenAt),
          ...(stored.record.reply !== undefined && { replyTo: stored.record.reply.parent.uri }),
        })),

    clear: () => records.clear(),
  };
}

function requireTid(rkey: string): void {
  if (!tidSchema.safeParse(rkey).success) throw invalidRequest(`Invalid record key for ${COLLECTION}: Invalid TID string (got "${rkey}")`);
}

function parse(value: unknown): PostRecord {
  const parsed = postSchema.safeParse(value);
  if (!parsed.success) throw invalidRequest(`Invalid ${COLLECTION} record: ${z.prettifyError(parsed.error)}`);
  return { $type: COLLECTION, ...parsed.data };
}

function kindOf(record: PostRecord): Post['kind'] {
  if (record.embed?.$type === 'app.bsky.embed.video') return 'video';
  return filesOf(record).length > 0 ? 'photos' : 'text';
}
