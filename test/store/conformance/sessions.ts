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

    it('never puts one session in place of another', async () => {
      const session = newSession();
      await store().putSession(session);
      await store().abortSession(session.tokenHash);
      await expect(store().putSession(session)).rejects.toThrow('there already');
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
