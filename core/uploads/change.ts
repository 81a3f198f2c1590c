import { createHash } from 'node:crypto';
import { timestamp, timestampAfter } from '../clock.ts';
import { errorAt, FanfareError, invalidField } from '../errors.ts';
import type { Delivery, UploadWithDeliveries } from '../model.ts';
import type { Commit, PeopleMoved, Ports } from '../ports/index.ts';
import { startUpload } from '../workflow/start.ts';
import type { UploadPorts } from './ports.ts';
import { deliveryStatus, statusOf } from './status.ts';

/** What the moves of people on an upload need. */
export interface ChangePorts extends Pick<Ports, 'store' | 'media' | 'executions' | 'clock' | 'times' | 'log'> {
  readonly networks: UploadPorts['networks'];
}

/** What comes with every such move. */
export interface Change {
  /** Entity tags of which the upload must have one, as the client saw it; null: it may be as it is. */
  readonly ifMatch: readonly string[] | '*' | null;
  /** The outcome of a request with an `Idempotency-Key`, stored along with the move. */
  readonly commit: Commit | null;
}

/** Refused: with the upload as it stands. */
export interface Changed {
  readonly moved: boolean;
  readonly now: UploadWithDeliveries;
}

/** How often the upload is looked at again when another person's move came in between. */
const LOOKS = 5;

/**
 * Makes a move on the upload as it was found, and again on a newer revision of it. Throws `precondition_failed` if it is not as
 * the client saw it, `busy` if others change it all the time, and what `move` throws. What is refused for any other reason
 * than the revision is `move`'s to explain. Afterwards an execution is started, if the move asked for one.
 */
export async function changeUpload(
  ports: ChangePorts,
  found: UploadWithDeliveries,
  { ifMatch }: Pick<Change, 'ifMatch'>,
  move: (record: UploadWithDeliveries) => Promise<PeopleMoved>,
): Promise<Changed> {
  let record = found;
  for (let look = 0; look < LOOKS; look += 1) {
    checkMatch(ports, record, ifMatch);
    const { moved, now } = await move(record);
    if (now === null) throw errorAt('not_found', 'uploadId', 'not_found', 'There is no such upload any more.');
    if (moved) await wakeUpload(ports, now);
    if (moved || now.upload.revision === record.upload.revision) return { moved, now };
    record = now;
  }
  throw new FanfareError('busy', 'Others are changing this upload: try again.', { retryAfter: 1 });
}

/** For a move that wants an execution: reconcile starts it if that is not done within this time. */
export function wakeNow({ clock, times }: Pick<ChangePorts, 'clock' | 'times'>): { readonly watchAt: string } {
  return { watchAt: timestampAfter(clock.now(), times.wakeGrace) };
}

/**
 * Starts the execution that a person's move asked for, if none has come yet. The move stands already, so that a start which
 * fails is only late: `wake` stands on the upload until an execution has claimed it.
 */
export async function wakeUpload(ports: Pick<ChangePorts, 'executions' | 'log'>, record: UploadWithDeliveries): Promise<void> {
  if (record.upload.wake === null) return;
  try {
    await startUpload(ports, record);
  } catch (error) {
    ports.log.error('execution_not_started', { uploadId: record.upload.uploadId, error });
  }
}

/** No attempt to publish is under way, and none has succeeded. */
export function isUntouched({ attempt, receipt }: Pick<Delivery, 'attempt' | 'receipt'>): boolean {
  return attempt.phase === 'idle' && receipt === null;
}

/** The deliveries to the accounts named; null: all. Throws `validation_failed` for an account that the upload does not go to. */
export function deliveriesTo({ deliveries }: UploadWithDeliveries, accounts: readonly string[] | null): readonly Delivery[] {
  if (accounts === null) return deliveries;
  const ours = new Set(deliveries.map(({ accountId }) => accountId));
  const [stranger] = accounts.filter((accountId) => !ours.has(accountId));
  if (stranger !== undefined) {
    throw invalidField('accounts', 'account_unknown', `This upload does not go to the account ${stranger.slice(0, 100)}.`);
  }
  const named = new Set(accounts);
  return deliveries.filter(({ accountId }) => named.has(accountId));
}

/** 409 with the present state of the upload; `possible`: for which of its accounts the move could be made. */
export function stateError(
  { clock }: Pick<ChangePorts, 'clock'>,
  record: UploadWithDeliveries,
  message: string,
  possible: (delivery: Delivery) => boolean,
): FanfareError {
  const { upload, deliveries } = record;
  const now = timestamp(clock.now());
  const accounts = deliveries.map((delivery) => ({
    accountId: delivery.accountId,
    status: deliveryStatus(delivery, upload.scheduledOn, now),
    possible: possible(delivery),
  }));
  return errorAt('upload_state', 'uploadId', 'wrong_state', message, {
    details: { upload: { status: statusOf(record, now), revision: upload.revision, accounts } },
  });
}

/** The strong entity tag of an upload (RFC 9110, section 8.8.3): another one whenever anything of what is shown of it differs. */
export function entityTag(record: UploadWithDeliveries, now: string): string {
  const { claim: _claim, wake: _wake, watchAt: _watchAt, assembly: _assembly, ...upload } = record.upload;
  const deliveries = record.deliveries.map(({ execution: _execution, lookUpAt: _lookUpAt, checkpoint: _checkpoint, ...delivery }) => delivery);
  const state = JSON.stringify([upload, deliveries, statusOf(record, now)]);
  return `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`;
}

/** The move itself then holds to the revision: no other person's edit comes between this and it. */
function checkMatch({ clock }: Pick<ChangePorts, 'clock'>, record: UploadWithDeliveries, ifMatch: Change['ifMatch']): void {
  if (ifMatch === null || ifMatch === '*' || ifMatch.includes(entityTag(record, timestamp(clock.now())))) return;
  throw errorAt('precondition_failed', 'If-Match', 'changed', 'The upload is not as If-Match says any more: read it again, and decide anew.');
}
