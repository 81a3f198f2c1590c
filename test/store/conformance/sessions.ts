import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { createUpload, newSession } from './records.ts';

export function sessionConformance(store: () => Store): void {
  describe('sessions', () => {
    it('gives a session back as it was put', async () => {
      const session = newSession();
      await store().putSession(session);
      expect(await store().getSession(session.tokenHash)).toEqual(session);
      expect(await store().getSession(newSession().tokenHash)).toBeNull();
    });

    it('puts a session once: again changes nothing, and another one never takes its place', async () => {
      const session = newSession();
      await store().putSession(session);
      await store().abortSession(session.tokenHash);
      await store().putSession(session);
      await expect(store().putSession(newSession({ tokenHash: session.tokenHash }))).rejects.toThrow('Another session');
      expect((await store().getSession(session.tokenHash))?.state).toBe('aborted');
    });

    it('aborts an open session, as often as asked', async () => {
      const session = newSession();
      await store().putSession(session);
      expect(await store().abortSession(session.tokenHash)).toBe(true);
      expect(await store().abortSession(session.tokenHash)).toBe(true);
      expect(await store().getSession(session.tokenHash)).toEqual({ ...session, state: 'aborted' });
    });

    it('aborts neither a completed session nor one that is not there', async () => {
      const { session } = await createUpload(store());
      expect(await store().abortSession(session.tokenHash)).toBe(false);
      expect((await store().getSession(session.tokenHash))?.state).toBe('completed');
      expect(await store().abortSession(newSession().tokenHash)).toBe(false);
    });
  });
}
