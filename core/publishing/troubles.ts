import { timestamp, timestampAfter, type Clock } from '../clock.ts';
import type { Delivery, DeliveryError, DeliveryErrorCode, Upload } from '../model.ts';
import type { DeliveryStore, Trouble, TroubleClass } from '../ports/index.ts';
import { redactText } from '../redact.ts';
import type { Times } from '../times.ts';

/** What follows a trouble, by its class: the one table. */
const CONSEQUENCES: Readonly<Record<TroubleClass, 'wait' | 'renew_token' | 'relink' | 'fail'>> = {
  retryable: 'wait',
  rate_limited: 'wait',
  quota: 'wait',
  auth_expired: 'renew_token',
  auth_revoked: 'relink',
  invalid_media: 'fail',
  invalid_metadata: 'fail',
  duplicate: 'fail',
  permanent: 'fail',
};

export type Decision =
  | { readonly kind: 'wait'; readonly seconds: number }
  /** A new access token, and once more; without one, or if that is refused too, `relink`. */
  | { readonly kind: 'renew_token' }
  /** Fails, and the account has to be linked anew. */
  | { readonly kind: 'relink' }
  | { readonly kind: 'fail' };

/** What a decision about waiting rests on. */
export interface Patience {
  readonly times: Times;
  readonly now: Date;
  /** From when the time is counted after which a passing trouble is final. */
  readonly since: Date;
  /** How often this class was met before. */
  readonly tries: number;
}

/** What follows this trouble. */
export function decide(trouble: Trouble, patience: Patience): Decision {
  const kind = CONSEQUENCES[trouble.class];
  if (kind !== 'wait') return { kind };
  const seconds = pauseAfter(patience, trouble.until);
  return seconds === null ? { kind: 'fail' } : { kind: 'wait', seconds };
}

/**
 * Seconds to pause after a passing trouble; null: it has lasted too long. What is met for the first time late still gets its
 * first pauses, unless the network names a time. `until` is that time; it is honoured a little beyond the day after which
 * trouble is final, so that a last try comes after a daily limit, and no further, since a network's clock may be wrong.
 */
export function pauseAfter({ times, now, since, tries }: Patience, until: Date | null): number | null {
  const lasted = (now.getTime() - since.getTime()) / 1000;
  const tried = until !== null || tries >= times.retries.length;
  if ((lasted >= times.outageEnds && tried) || tries >= mostTries(times)) return null;
  const own = times.retries[tries] ?? times.outage;
  const asked = until === null ? 0 : (until.getTime() - now.getTime()) / 1000;
  return Math.max(own, Math.min(asked, times.outageEnds + times.outage));
}

/** So many pauses fill the time until a passing trouble is final: standard 5 + (86,400 - 6,660) / 3,600 = 28. */
export function mostTries(times: Times): number {
  const first = times.retries.reduce((sum, pause) => sum + pause, 0);
  return times.retries.length + Math.max(0, Math.ceil((times.outageEnds - first) / times.outage));
}

/**
 * From when passing troubles of an upload are counted: when it was due, or when its execution took it, whichever is later: a
 * retry days afterwards has the whole time again.
 */
export function countedSince(upload: Upload): Date {
  const due = Date.parse(upload.scheduledOn ?? upload.createdAt);
  const claimed = upload.claim === null ? 0 : Date.parse(upload.claim.claimedAt);
  return new Date(Math.max(due, claimed));
}

/** A trouble as it is stored on the delivery. */
export function errorOf(trouble: Trouble): DeliveryError {
  return {
    code: trouble.code,
    message: redactText(trouble.message),
    platformCode: trouble.platformCode === null ? null : redactText(trouble.platformCode, 200),
    platformMessage: trouble.platformMessage === null ? null : redactText(trouble.platformMessage),
  };
}

/** An error of our own making. */
export function ownError(code: DeliveryErrorCode, message: string): DeliveryError {
  return { code, message, platformCode: null, platformMessage: null };
}

/** A trouble that no network told: found by us. */
export function ownTrouble(troubleClass: TroubleClass, code: DeliveryErrorCode, message: string): Trouble {
  return { class: troubleClass, code, message, platformCode: null, platformMessage: null, until: null };
}

const OUTCOME_UNKNOWN: DeliveryError = ownError(
  'outcome_unknown',
  'The network did not tell whether the post was made. It may be live: look at the account, and repeat it with force only if it is not there.',
);

/** How an armed attempt is given up about which nothing was found out: the reconcile job goes on looking, in growing pauses. */
export function unknownOutcome(
  { tenantId, attempt }: Delivery,
  { clock, times }: { readonly clock: Clock; readonly times: Pick<Times, 'lookUpPause'> },
): Parameters<DeliveryStore['giveUpLooking']>[1] {
  const now = clock.now();
  const lookUpAt = attempt.phase === 'armed' ? nextLookUp(attempt, now, times) : null;
  return { tenantId, attempt: attempt.n, error: OUTCOME_UNKNOWN, lookUpAt, at: timestamp(now) };
}

/** When the outcome of an armed attempt is looked for again. */
export function nextLookUp({ armedAt }: { readonly armedAt: string }, now: Date, times: Pick<Times, 'lookUpPause'>): string {
  const age = (now.getTime() - Date.parse(armedAt)) / 1000;
  return timestampAfter(now, Math.max(times.lookUpPause, age / 4));
}

/** What was ours: the person waits, or tells the operator. */
export const INTERNAL_ERROR: DeliveryError = ownError(
  'internal_error',
  'Publishing failed on our side, and nothing was published. Retry it; if it fails again, tell the operator the upload id.',
);

export const ACCOUNT_UNLINKED: DeliveryError = ownError(
  'account_unlinked',
  'The account is not linked any more. Link it again, then retry.',
);
