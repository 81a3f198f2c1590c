import * as z from 'zod';
import type { UploadSession } from '../../core/model.ts';
import type { SessionStore } from '../../core/ports/store.ts';
import { dueKey, keys } from '../keys.ts';
import { tableSchema } from '../schema.ts';
import { listedAt } from './due-item.ts';
import { all, equals, oneOf, set } from './expression.ts';
import { daysAfter, optionsText, orNull, time, toJsonText, withoutNulls } from './fields.ts';
import { writeWith } from './idempotency.ts';
import type { Item, Table } from './table.ts';
import type { Write } from './writes.ts';

/** Sessions are swept so many days after their end. */
const KEPT_DAYS = 30;

const metadata = z.object({
  title: z.string(),
  description: z.string().nullable(),
  accounts: z.array(z.string()),
  scheduledOn: time.nullable(),
  options: optionsText,
  onViolation: z.enum(['reject', 'skip_account']),
});

const sessionItem = z.object({
  tokenHash: z.string(),
  tenantId: z.string(),
  uploadId: z.string(),
  fileId: z.string(),
  state: z.enum(['open', 'completed', 'aborted']),
  metadata: orNull(metadata),
  file: z.object({ fileName: z.string(), fileSize: z.int(), contentType: z.string(), sha256: z.string().nullable() }),
  objectKey: z.string(),
  multipartId: z.string(),
  partSize: z.int(),
  partCount: z.int(),
  createdAt: time,
  expiresAt: time,
});

export function sessionOf(item: Item): UploadSession {
  return sessionItem.parse(item);
}

export function sessionStore(table: Table): SessionStore {
  return {
    putSession: async (session, commit) => {
      const ttl = { [tableSchema.timeToLive]: daysAfter(session.expiresAt, KEPT_DAYS) };
      const key = keys.session(session.tokenHash);
      const metadata = session.metadata === null ? null : { ...session.metadata, options: toJsonText(session.metadata.options) };
      const item = { ...withoutNulls({ ...session, metadata }), ...ttl, ...dueKey(session.expiresAt, key) };
      const written = await writeWith(table, { type: 'create', key, item }, commit);
      const other = written.done || written.found === null ? null : sessionOf(written.found);
      if (other !== null && other.uploadId !== session.uploadId) throw new Error('Another session has this token.');
    },

    getSession: async (tokenHash) => {
      const item = await table.get(keys.session(tokenHash));
      return item === null ? null : sessionOf(item);
    },

    abortSession: async (tokenHash, commit) => {
      const condition = oneOf('state', ['open', 'aborted']);
      const write: Write = { type: 'update', key: keys.session(tokenHash), condition, changes: [set('state', 'aborted')] };
      return (await writeWith(table, write, commit)).done;
    },
  };
}

type Movable = 'open' | 'completed';

/**
 * Completes the session of a file, or opens it again. `endsAt`: when the parts of the session have to go; null: there are none any
 * more.
 */
export function moveSession(request: {
  readonly tokenHash: string;
  readonly uploadId: string;
  readonly from: Movable;
  readonly to: Movable;
  readonly endsAt: string | null;
}): Write {
  const { tokenHash, uploadId, from, to, endsAt } = request;
  const key = keys.session(tokenHash);
  const condition = all(equals('uploadId', uploadId), equals('state', from));
  return { type: 'update', key, condition, changes: [set('state', to), ...listedAt(key, endsAt)] };
}
