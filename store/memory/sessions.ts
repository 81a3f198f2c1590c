import type { SessionStore } from '../../core/ports/store.ts';
import { plainOptions } from '../rules/people.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { frozen, type Records } from './records.ts';

export function sessionStore(records: Records): SessionStore {
  const { sessions, sessionsDue } = records;
  return {
    putSession: async (session, commit) => {
      checkCommit(records, commit);
      const found = sessions.get(session.tokenHash);
      if (found !== undefined && found.uploadId !== session.uploadId) throw new Error('Another session has this token.');
      if (found !== undefined) return;
      const metadata = session.metadata === null ? null : { ...session.metadata, options: plainOptions(session.metadata.options) };
      sessions.set(session.tokenHash, frozen({ ...session, metadata }));
      sessionsDue.set(session.tokenHash, session.expiresAt);
      applyCommit(records, commit);
    },

    getSession: async (tokenHash) => sessions.get(tokenHash) ?? null,

    abortSession: async (tokenHash, commit) => {
      checkCommit(records, commit);
      const session = sessions.get(tokenHash);
      if (session === undefined || session.state === 'completed') return false;
      sessions.set(tokenHash, frozen({ ...session, state: 'aborted' as const }));
      applyCommit(records, commit);
      return true;
    },
  };
}

/** Completes a session, or opens it again; false: it is in another state. */
export function moveSession({ sessions, sessionsDue }: Records, tokenHash: string, from: 'open' | 'completed', to: 'open' | 'completed'): boolean {
  const session = sessions.get(tokenHash);
  if (session?.state !== from) return false;
  sessions.set(tokenHash, frozen({ ...session, state: to }));
  if (to === 'open') sessionsDue.set(tokenHash, session.expiresAt);
  else sessionsDue.delete(tokenHash);
  return true;
}
