import { reconcile } from '../../../core/reconcile/reconcile.ts';
import type { Finding, ReconcilePorts } from '../../../core/reconcile/ports.ts';
import { memoryMedia } from '../../../media/memory.ts';
import type { LinkWorld } from './world.ts';

const unused = () => Promise.reject(new Error('Nothing of an upload is looked after here.'));

/** One run of the job; how many entries came to what. */
export async function reconciled(world: LinkWorld, renewals: ReconcilePorts['renewals'] = world.vault()): Promise<Readonly<Partial<Record<Finding, number>>>> {
  const { found } = await reconcile({
    ...world.ports,
    media: memoryMedia({ clock: world.clock }),
    events: { uploadFinished: unused },
    executions: { start: unused, stop: unused, isRunning: unused },
    lookUps: { start: unused },
    renewals,
  });
  return found;
}
