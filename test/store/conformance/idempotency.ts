import { describe, expect, it } from 'vitest';
import { CommitRefused, type Commit, type IdempotencyRef, type Store } from '../../../core/ports/index.ts';
import { at, hashOf, newApiKey, newId, newSession } from './records.ts';

const result = { status: 201, ids: { uploadId: 'upl_1' }, sealed: 'c2VhbGVk' };

const newRef = (): IdempotencyRef => ({ tenantId: `ten_${newId()}`, operationId: 'presignPut', keyHash: hashOf(newId()) });

const commitOf = (ref: IdempotencyRef, owner = 'one'): Commit => ({ ref, owner, result });

export function idempotencyConformance(store: () => Store): void {
  const begin = (ref: IdempotencyRef, change: Partial<Parameters<Store['beginIdempotent']>[0]> = {}) =>
    store().beginIdempotent({ ref, fingerprint: 'a', owner: 'one', now: at(0), ownedUntil: at(35), expiresAt: at(86_400), ...change });

  describe('a request with an Idempotency-Key', () => {
    it('is begun once, runs, and is done', async () => {
      const ref = newRef();
      expect(await begin(ref)).toEqual({ state: 'begun' });
      expect(await begin(ref, { owner: 'two', now: at(34) })).toEqual({ state: 'running' });
      let stored = 0;
      await store().commitAlone({ ...commitOf(ref), stored: () => void (stored += 1) });
      expect(stored).toBe(1);
      expect(await begin(ref, { owner: 'two', now: at(36) })).toEqual({ state: 'done', result });
    });

    it('is another one for another tenant, route or key', async () => {
      const ref = newRef();
      await begin(ref);
      for (const change of [{ tenantId: `ten_${newId()}` }, { operationId: 'abortUpload' }, { keyHash: hashOf(newId()) }]) {
        expect(await begin({ ...ref, ...change }, { owner: 'two' })).toEqual({ state: 'begun' });
      }
    });

    it('is begun by one of 20 at once', async () => {
      const ref = newRef();
      const all = await Promise.all(Array.from({ length: 20 }, (_, n) => begin(ref, { owner: `owner ${n}` })));
      expect(all.filter(({ state }) => state === 'begun')).toHaveLength(1);
      expect(all.filter(({ state }) => state === 'running')).toHaveLength(19);
    });

    it('that asks for something else is told so, whether the first one runs or is done', async () => {
      const ref = newRef();
      await begin(ref);
      expect(await begin(ref, { owner: 'two', fingerprint: 'b' })).toEqual({ state: 'other_request' });
      expect(await begin(ref, { owner: 'two', fingerprint: 'b', now: at(36) })).toEqual({ state: 'other_request' });
      await store().commitAlone(commitOf(ref));
      expect(await begin(ref, { owner: 'two', fingerprint: 'b' })).toEqual({ state: 'other_request' });
    });

    it('is taken over by one of 20 when its owner is late, whose effect is then refused', async () => {
      const ref = newRef();
      await begin(ref);
      const late = { now: at(35), ownedUntil: at(70) };
      const all = await Promise.all(Array.from({ length: 20 }, (_, n) => begin(ref, { ...late, owner: `owner ${n}` })));
      expect(all.filter(({ state }) => state === 'begun')).toHaveLength(1);
      const session = newSession();
      await expect(store().putSession(session, commitOf(ref))).rejects.toThrow(CommitRefused);
      await expect(store().commitAlone(commitOf(ref))).rejects.toThrow(CommitRefused);
      expect(await store().getSession(session.tokenHash)).toBeNull();
      await store().putSession(session, commitOf(ref, `owner ${all.findIndex(({ state }) => state === 'begun')}`));
      expect(await store().getSession(session.tokenHash)).toEqual(session);
    });

    it('stores effect and result together, once', async () => {
      const ref = newRef();
      await begin(ref);
      let stored = 0;
      const apiKey = newApiKey();
      await store().putApiKey(apiKey, { commit: { ...commitOf(ref), stored: () => void (stored += 1) } });
      expect(stored).toBe(1);
      expect(await begin(ref, { owner: 'two' })).toEqual({ state: 'done', result });
      const another = newApiKey();
      await expect(store().putApiKey(another, { commit: commitOf(ref) })).rejects.toThrow(CommitRefused);
      expect(await store().getApiKey(another.keyHash)).toBeNull();
    });

    it('that came to nothing may begin anew, also as something else', async () => {
      const ref = newRef();
      await begin(ref);
      await store().releaseIdempotent({ ref, owner: 'two' });
      expect(await begin(ref, { owner: 'two' })).toEqual({ state: 'running' });
      await store().releaseIdempotent({ ref, owner: 'one' });
      await expect(store().commitAlone(commitOf(ref))).rejects.toThrow(CommitRefused);
      expect(await begin(ref, { owner: 'two', fingerprint: 'b' })).toEqual({ state: 'begun' });
    });

    it('that is done is not released, and forgotten only by who knows its result', async () => {
      const ref = newRef();
      await begin(ref);
      await store().commitAlone(commitOf(ref));
      await store().releaseIdempotent({ ref, owner: 'one' });
      await store().forgetIdempotent({ ref, result: { ...result, ids: { uploadId: 'upl_2' } } });
      expect(await begin(ref, { owner: 'two' })).toEqual({ state: 'done', result });
      await store().forgetIdempotent({ ref, result });
      await store().forgetIdempotent({ ref, result });
      expect(await begin(ref, { owner: 'two' })).toEqual({ state: 'begun' });
    });

    it('counts for its life, and not a second longer', async () => {
      const ref = newRef();
      await begin(ref);
      await store().commitAlone(commitOf(ref));
      expect(await begin(ref, { owner: 'two', now: at(86_399) })).toEqual({ state: 'done', result });
      expect(await begin(ref, { owner: 'two', fingerprint: 'b', now: at(86_400), ownedUntil: at(86_435), expiresAt: at(172_800) })).toEqual({ state: 'begun' });
      expect(await begin(ref, { owner: 'one', fingerprint: 'b', now: at(86_401) })).toEqual({ state: 'running' });
    });
  });
}
