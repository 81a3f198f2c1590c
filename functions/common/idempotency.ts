import { createHash, randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { fingerprintOf } from '../../core/canonical-json.ts';
import { timestamp, timestampAfter } from '../../core/clock.ts';
import { errorAt, FanfareError, invalidField } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { CommitRefused, type Commit, type IdempotencyRef, type IdempotentResult, type Log, type Ports } from '../../core/ports/index.ts';
import type { Times } from '../../core/times.ts';
import type { Input, SomeAnswer } from './endpoint.ts';
import { header } from './headers.ts';
import { EffectTakenBack, type Once, type Outcome } from './once.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';

/** A request that must be done once: under which name, what it asks for, and how it is done, or answered again. */
export interface OnceRequest {
  readonly idempotencyKey: string;
  readonly tenantId: string;
  readonly operationId: string;
  readonly input: Input;
  readonly handle: (once: Once) => Promise<SomeAnswer>;
  readonly replay: (outcome: Outcome) => Promise<SomeAnswer>;
}

export interface OncePorts extends Pick<Ports, 'store' | 'clock'> {
  readonly times: Pick<Times, 'apiFunction' | 'requestMargin'>;
}

const HEADER = 'Idempotency-Key';
/** Seconds after which a request that is still running is worth asking for again. */
const ASK_AGAIN = 1;

/** The `Idempotency-Key` of a request; null: it has none. Throws `validation_failed`. */
export function idempotencyKeyOf(event: Pick<APIGatewayProxyEvent, 'headers'>): string | null {
  const key = header(event, HEADER);
  if (key === undefined) return null;
  if (/^[\x21-\x7e]+$/u.test(key) && key.length <= limits.idempotencyKey) return key;
  throw invalidField(HEADER, 'malformed', `${HEADER} must have 1 to ${limits.idempotencyKey} visible ASCII characters: a UUID is a good one.`);
}

/**
 * Does a request once under its `Idempotency-Key`, and answers it anew when it comes again within 24 hours. What a process that
 * dies leaves behind:
 *
 * - before the record is begun: nothing. Repeated, the request begins.
 * - after that, before its effect: a record without a result. Repeated, it is refused as running until its owner's time is over
 *   (the life of the function and a margin), then taken over and begun anew. Should the first owner still be alive, frozen in
 *   its process, its effect is refused, since the record is another's.
 * - in the write of its effect: all of it or nothing, since effect and result are one transaction.
 * - after that: a record with its result. Repeated, `replay` answers, and finishes what follows the effect.
 * - an error leaves no record if nothing was stored: repeated, the request begins anew. If the effect was stored, it stays done.
 *
 * Throws `idempotency_in_progress`, `idempotency_mismatch`, and what handling throws.
 */
export async function doOnce(ports: OncePorts, request: OnceRequest, log: Log): Promise<SomeAnswer> {
  const { tenantId, operationId, idempotencyKey, input } = request;
  const ref: IdempotencyRef = { tenantId, operationId, keyHash: createHash('sha256').update(idempotencyKey).digest('hex') };
  const owner = randomUUID();
  const fingerprint = fingerprintOf(withoutBytes(input));

  const begin = () => {
    const now = ports.clock.now();
    return ports.store.beginIdempotent({
      ref,
      fingerprint,
      owner,
      now: timestamp(now),
      ownedUntil: timestampAfter(now, ports.times.apiFunction + ports.times.requestMargin),
      expiresAt: timestampAfter(now, limits.idempotencyLife),
    });
  };

  const run = async (): Promise<SomeAnswer> => {
    const commits = commitsOf(ref, owner, idempotencyKey);
    try {
      const answer = await request.handle(commits);
      if (!commits.isStored()) await ports.store.commitAlone(commits.latest(answer.status));
      return answer;
    } catch (error) {
      if (!commits.isStored()) await release(ports, { ref, owner }, log);
      throw error instanceof CommitRefused ? inProgress(error) : error;
    }
  };

  const replay = async (result: IdempotentResult): Promise<SomeAnswer> => {
    const { status, ids, sealed } = result;
    const secret = sealed === null ? {} : { secret: openSecret(sealed, idempotencyKey, ref) };
    return request.replay({ status, ids, ...secret });
  };

  const begun = await begin();
  if (begun.state !== 'done') return settle(begun.state, run);
  try {
    return await replay(begun.result);
  } catch (error) {
    if (!(error instanceof EffectTakenBack)) throw error;
  }
  await ports.store.forgetIdempotent({ ref, result: begun.result });
  const again = await begin();
  return settle(again.state === 'done' ? 'running' : again.state, run);
}

function settle(state: 'begun' | 'running' | 'other_request', run: () => Promise<SomeAnswer>): Promise<SomeAnswer> {
  switch (state) {
    case 'begun':
      return run();
    case 'running':
      throw inProgress();
    case 'other_request': {
      const message = `This ${HEADER} was used for another request in the last 24 hours: send each request with a key of its own.`;
      throw errorAt('idempotency_mismatch', HEADER, 'other_request', message);
    }
  }
}

function inProgress(cause?: unknown): FanfareError {
  const message = 'The first request with this key is still running: send this one again to learn how it ended.';
  return errorAt('idempotency_in_progress', HEADER, 'in_progress', message, { retryAfter: ASK_AGAIN, cause });
}

/** Hands out commits, and knows whether one was stored. */
function commitsOf(ref: IdempotencyRef, owner: string, idempotencyKey: string) {
  let stored = false;
  let latest: IdempotentResult | null = null;
  const commitOf = (result: IdempotentResult): Commit => ({ ref, owner, result, stored: () => void (stored = true) });
  return {
    commit: ({ status, ids, secret }: Outcome): Commit => {
      latest = { status, ids, sealed: secret === undefined ? null : sealSecret(secret, idempotencyKey, ref) };
      return commitOf(latest);
    },
    isStored: () => stored,
    /** Of a request that wrote nothing: also where it was about to, and found it done already. */
    latest: (status: number): Commit => commitOf({ ids: {}, sealed: null, ...latest, status }),
  };
}

/** What was not released is taken over when its owner's time is over: no reason to fail differently. */
async function release({ store }: Pick<OncePorts, 'store'>, request: { ref: IdempotencyRef; owner: string }, log: Log): Promise<void> {
  try {
    await store.releaseIdempotent(request);
  } catch (error) {
    log.warn('idempotency_release_failed', { operationId: request.ref.operationId, error });
  }
}

/** Files by their hashes: what a request says is compared, never kept. */
function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { sha256: createHash('sha256').update(value).digest('hex') };
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutBytes(item)]));
}
