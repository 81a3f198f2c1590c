import * as z from 'zod';
import type { UploadSession } from '../../core/model.ts';
import type { SessionStore } from '../../core/ports/store.ts';
import { dueKey, keys } from '../keys.ts';
import { tableSchema } from '../schema.ts';
import { oneOf, set } from './expression.ts';
import { daysAfter, optionsText, time, toJsonText } from './fields.ts';
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
  sha256: z.string().nullable(),
  options: optionsText,
  onViolation: z.enum(['reject', 'skip_account']),
});

const sessionItem = z.object({
  tokenHash: z.string(),
  tenantId: z.string(),
  uploadId: z.string(),
  fileId: z.string(),
  state: z.enum(['open', 'completed', 'aborted']),
  metadata,
  file: z.object({ fileName: z.string(), fileSize: z.int(), contentType: z.string() }),
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
      const options = toJsonText(session.metadata.options);
      const ttl = { [tableSchema.timeToLive]: daysAfter(session.expiresAt, KEPT_DAYS) };
      const key = keys.session(session.tokenHash);
      const item = { ...session, metadata: { ...session.metadata, options }, ...ttl, ...dueKey(session.expiresAt, key) };
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
