import type { Commit, Store } from '../../../core/ports/index.ts';
import { at, hashOf, newId } from './records.ts';

/** A request with an `Idempotency-Key` that is being served: its outcome, and what another one with its key is told. */
export async function begunRequest(store: Store, tenantId: string) {
  const ref = { tenantId, operationId: 'changeUpload', keyHash: hashOf(newId()) };
  const request = { ref, fingerprint: hashOf('body'), owner: newId(), now: at(200), ownedUntil: at(230), expiresAt: at(9_000) };
  await store.beginIdempotent(request);
  const commit: Commit = { ref, owner: request.owner, result: { status: 200, ids: {}, sealed: null } };
  return { commit, again: () => store.beginIdempotent({ ...request, owner: newId() }) };
}
