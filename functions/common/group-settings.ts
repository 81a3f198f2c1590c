import type { Ports } from '../../core/ports/index.ts';
import { readEnvironment } from '../environment.ts';
import type { GroupSettings } from './group.ts';
import { tokenVerifier } from './jwt.ts';
import { functionLog } from './log.ts';

/** How every group of routes finds out who calls, and answers. */
export function groupSettings(ports: Pick<Ports, 'store' | 'clock' | 'times'>): GroupSettings {
  const environment = readEnvironment(['IDENTITY', 'PLAN', 'ERROR_DOCS_URL', 'ORIGINS']);
  return {
    authenticator: {
      store: ports.store,
      clock: ports.clock,
      verifyToken: tokenVerifier(environment.IDENTITY),
      defaultPlan: environment.PLAN,
    },
    times: ports.times,
    docsUrl: environment.ERROR_DOCS_URL,
    origins: environment.ORIGINS,
    log: functionLog(),
  };
}
