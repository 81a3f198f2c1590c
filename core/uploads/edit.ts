import { timestamp } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import { isTerminal, type Media, type Network, type Upload, type UploadWithDeliveries } from '../model.ts';
import type { PeopleMoved, UploadEdit } from '../ports/index.ts';
import { violationsOf } from '../publishing/subject.ts';
import { dueAt } from '../workflow/plan.ts';
import { findAttachments } from './attachments.ts';
import { changeUpload, isUntouched, stateError, wakeNow, type Change, type Changed, type ChangePorts } from './change.ts';
import { refusal } from './preflight.ts';
import { checkSchedule } from './schedule.ts';

/** What a person changes of an upload. `options`: of the networks named, each whole; null takes a network's options away. */
export interface Edit extends Omit<UploadEdit, 'options' | 'attachments'> {
  readonly options?: Readonly<Record<Network, unknown>>;
}

/**
 * Changes what an upload says, or its time, while nothing of it is or was being published. What was prepared is prepared anew.
 * An earlier time counts at once, also for an execution that waits. Throws `validation_failed` for a time out of bounds and for
 * the broken rules of a network, `upload_state`, and what `changeUpload` throws.
 */
export async function editUpload(ports: ChangePorts, found: UploadWithDeliveries, edit: Edit, change: Change): Promise<UploadWithDeliveries> {
  if (edit.scheduledOn !== undefined) checkSchedule(edit.scheduledOn, ports.clock.now());
  const result = await changeUpload(ports, found, change, async (record) => {
    if (!isEditable(record)) return { moved: false, now: record };
    const after = await withAttachments(ports, record, editOf(record.upload, edit));
    await checkRules(ports, record, { ...record.upload, ...after });
    return reschedule(ports, record, after, change);
  });
  return movedOr(ports, result, 'It is being published, was published, or is over: nothing was changed.');
}

/** Publishes now what waits for its time. Throws `upload_state`, and what `changeUpload` throws. */
export async function publishNow(ports: ChangePorts, found: UploadWithDeliveries, change: Change): Promise<UploadWithDeliveries> {
  const result = await changeUpload(ports, found, change, async (record) =>
    record.deliveries.some(({ status }) => !isTerminal(status)) ? reschedule(ports, record, { scheduledOn: null }, change) : { moved: false, now: record },
  );
  return movedOr(ports, result, 'It is being published already, or is over: nothing waits.');
}

/** Whether an edit would ever count: something is open, or has failed and can be retried; and nothing is or was being published. */
export function isEditable({ upload, deliveries }: UploadWithDeliveries): boolean {
  const open = deliveries.some(({ status }) => !isTerminal(status));
  const revivable = upload.releasedAt === null && deliveries.some(({ status }) => status === 'failed');
  return deliveries.every(isUntouched) && (open || revivable);
}

async function reschedule(ports: ChangePorts, record: UploadWithDeliveries, edit: UploadEdit, { commit }: Change): Promise<PeopleMoved> {
  const { uploadId, revision } = record.upload;
  const wake = needsExecution(record, edit, timestamp(ports.clock.now())) ? wakeNow(ports) : null;
  return ports.store.rescheduleUpload({ uploadId, revision, edit, at: timestamp(ports.clock.now()), wake, commit });
}

/**
 * Whether the execution that waits would come too late. One that waits for an earlier time reads the record then, and waits on;
 * whatever is due now is begun anew; and what has ended is announced once more.
 */
function needsExecution({ upload, deliveries }: UploadWithDeliveries, edit: UploadEdit, now: string): boolean {
  const open = deliveries.filter(({ status }) => !isTerminal(status));
  const scheduledOn = edit.scheduledOn === undefined ? upload.scheduledOn : edit.scheduledOn;
  const due = dueAt({ ...upload, scheduledOn }, { nextAt: null });
  return due <= now || open.every((delivery) => due < dueAt(upload, delivery));
}

/** The edit with the options as they are afterwards, of all networks. */
function editOf(upload: Upload, { options, ...edit }: Edit): UploadEdit {
  if (options === undefined) return edit;
  const merged = Object.fromEntries(Object.entries({ ...upload.options, ...options }).filter(([, value]) => value !== null));
  const bytes = Buffer.byteLength(JSON.stringify(merged));
  if (bytes > limits.options) {
    throw invalidField('options', 'too_long', `options must have at most ${limits.options} bytes as JSON, all networks together; they would have ${bytes}.`);
  }
  return { ...edit, options: merged };
}

/**
 * The edit with the files that its options name. Those that the upload has already stay good; where options do not change, nothing
 * does. Throws `validation_failed` for one that cannot be used.
 */
async function withAttachments(ports: ChangePorts, { upload, deliveries }: UploadWithDeliveries, edit: UploadEdit): Promise<UploadEdit> {
  if (edit.options === undefined) return edit;
  const networks = deliveries.map(({ network }) => network);
  const { files, violations } = await findAttachments(ports, upload.tenantId, { options: edit.options, networks, held: upload.attachments });
  if (violations.size > 0) throw refusal([...violations.values()].flat());
  const changed = [...files, ...upload.attachments].filter(({ mediaId }) => !hasFile(files, mediaId) || !hasFile(upload.attachments, mediaId));
  if (changed.length > 0 && deliveries.length + changed.length > limits.accountsAndMedia) {
    const message = `Accounts and changed files are ${limits.accountsAndMedia} together at most: change the files in several edits.`;
    throw invalidField('options', 'too_many', message);
  }
  return { ...edit, attachments: files };
}

function hasFile(files: readonly Media[], id: string): boolean {
  return files.some(({ mediaId }) => mediaId === id);
}

/** The rules that run at creation, on the upload as it would be, for the accounts that are still to be published to. */
async function checkRules(ports: ChangePorts, { deliveries }: UploadWithDeliveries, after: Upload): Promise<void> {
  const open = deliveries.filter(({ status }) => !isTerminal(status));
  const accounts = await ports.store.getAccounts(after.tenantId, open.map(({ accountId }) => accountId));
  const violations = accounts.flatMap((account) => {
    const connector = ports.networks.connector(account.network);
    return connector === undefined ? [] : violationsOf(after, account, connector);
  });
  if (violations.length > 0) throw refusal(violations);
}

function movedOr(ports: ChangePorts, { moved, now }: Changed, message: string): UploadWithDeliveries {
  if (moved) return now;
  throw stateError(ports, now, message, (delivery) => isUntouched(delivery) && delivery.status !== 'cancelled');
}
