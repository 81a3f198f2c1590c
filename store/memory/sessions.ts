import type { SessionStore } from '../../core/ports/store.ts';
import { plainOptions } from '../rules/people.ts';
import { frozen, type Records } from './records.ts';

export function sessionStore({ sessions }: Records): SessionStore {
  return {
    putSession: async (session) => {
      if (sessions.has(session.tokenHash)) throw new Error(`The session of ${session.uploadId} is there already.`);
      const metadata = { ...session.metadata, options: plainOptions(session.metadata.options) };
      sessions.set(session.tokenHash, frozen({ ...session, metadata }));
    },

    getSession: async (tokenHash) => sessions.get(tokenHash) ?? null,

    abortSession: async (tokenHash) => {
      const session = sessions.get(tokenHash);
      if (session === undefined || session.state === 'completed') return false;
      sessions.set(tokenHash, frozen({ ...session, state: 'aborted' as const }));
      return true;
    },
  };
}
