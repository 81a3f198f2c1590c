import { beginSession } from '../../../core/sessions.ts';
import type { Plan, UploadSession } from '../../../core/model.ts';
import { completeUpload } from '../../../core/uploads/complete.ts';
import { simulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { TENANT } from '../support/records.ts';
import { clip } from '../workflow/support.ts';

const defaultPlan: Plan = { deliveriesPerMonth: 1_000, requestsPerSecond: 1, burst: 1 };

export interface Staged {
  readonly world: Simulation;
  readonly sessionToken: string;
  readonly session: UploadSession;
  /** Completes the session in a request of its own; undefined: its worker died. */
  readonly complete: () => Promise<'assembled' | 'pending' | undefined>;
}

/** A world with one session whose file was sent, and nothing else. */
export async function staged(options: SimulationOptions & { readonly scheduledOn?: string } = {}): Promise<Staged> {
  const world = await simulation({ ...options, uploads: 0 });
  const accounts = (await world.store.listAccounts(TENANT)).map(({ accountId }) => accountId);
  const { sessionToken, session } = await beginSession({ ...world.ports, defaultPlan }, TENANT, {
    metadata: {
      title: 'Spring launch',
      description: null,
      accounts,
      scheduledOn: options.scheduledOn ?? null,
      options: {},
      onViolation: 'reject',
    },
    file: { fileName: 'clip.mp4', fileSize: clip.length, contentType: 'video/mp4', sha256: null },
    parts: 'single',
  });
  const { objectKey, multipartId } = session;
  await world.media.putPart({ objectKey, multipartId, partNumber: 1, bytes: clip });
  world.adopt(session.uploadId);
  const complete: Staged['complete'] = async () => {
    const completed = await world.request((ports) => completeUpload({ ...ports, defaultPlan }, TENANT, { sessionToken, parts: [] }));
    return completed === undefined ? undefined : completed.assembled ? 'assembled' : 'pending';
  };
  return { world, sessionToken, session, complete };
}
