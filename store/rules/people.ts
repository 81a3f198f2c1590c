import { isTerminal, type Delivery, type Upload } from '../../core/model.ts';
import type { UploadEdit } from '../../core/ports/store.ts';
import { disarmed, plainJson } from './moves.ts';
import type { Ruling } from './ruling.ts';

/**
 * The moves of people on one delivery. Each raises its revision and its fence, so that no write of a step that began before
 * can follow.
 */

/** Null: it is being published, or is. What had ended without a post stays as it ended. */
export function cancel(delivery: Delivery, at: string): Ruling {
  return ended(delivery, 'cancelled', at);
}

/** As `cancel`; and what was prepared is forgotten, since it holds the text as it was. */
export function reschedule(delivery: Delivery, at: string): Ruling {
  const next = ended(delivery, 'pending', at);
  return next === null ? null : { ...next, checkpoint: null, bytesSent: null };
}

/**
 * How many deliveries a cancel of these gives back to the month that they were charged to: those that were still open, and
 * nothing at all once anything of the upload was, or is being, published.
 */
export function refundFor(all: readonly Delivery[], cancelled: readonly Delivery[]): number {
  return all.every(isUntouched) ? cancelled.filter(({ status }) => !isTerminal(status)).length : 0;
}

/** No attempt is under way, and none has succeeded. */
function isUntouched({ attempt, receipt }: Delivery): boolean {
  return attempt.phase === 'idle' && receipt === null;
}

/** Null: there is nothing to revive, or only `force` may. */
export function retry(delivery: Delivery, request: { force: boolean; by: string; at: string }): Ruling {
  const { status, attempt } = delivery;
  const revivable = status === 'failed' || (status === 'unknown' && request.force);
  if (!revivable || delivery.receipt !== null) return null;
  const idle = attempt.phase === 'armed' ? disarmed(delivery, 'forced', `repeated by ${request.by}`, request.at) : delivery;
  return { ...raised(idle, request.at), status: 'pending', error: null, lookUpAt: null };
}

/** The upload under an edit: what it does not name stays. */
export function edited(upload: Upload, edit: UploadEdit, at: string): Upload {
  return {
    ...upload,
    title: edit.title ?? upload.title,
    description: edit.description === undefined ? upload.description : edit.description,
    options: edit.options === undefined ? upload.options : plainOptions(edit.options),
    attachments: edit.attachments ?? upload.attachments,
    scheduledOn: edit.scheduledOn === undefined ? upload.scheduledOn : edit.scheduledOn,
    revision: upload.revision + 1,
    updatedAt: at,
  };
}

/** Options as they are read back from JSON. */
export function plainOptions(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = Object.entries(options).filter(([, option]) => option !== undefined);
  return Object.fromEntries(given.map(([network, option]) => [network, plainJson(option)]));
}

function ended(delivery: Delivery, status: 'cancelled' | 'pending', at: string): Ruling {
  if (!isUntouched(delivery)) return null;
  const next = raised(delivery, at);
  return isTerminal(delivery.status) ? next : { ...next, status, error: null };
}

function raised(delivery: Delivery, at: string): Delivery {
  const { revision, fence } = delivery;
  return { ...delivery, revision: revision + 1, fence: fence + 1, tries: {}, startedAt: null, nextAt: null, updatedAt: at };
}
