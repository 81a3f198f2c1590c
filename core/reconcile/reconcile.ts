import { timestamp, timestampAfter } from '../clock.ts';
import { inTurns } from '../in-turns.ts';
import type { DueEntry } from '../ports/store.ts';
import { reconcileAccount } from './account.ts';
import { reconcileDelivery } from './delivery.ts';
import { reconcileMedia } from './media.ts';
import type { Finding, Looked, ReconcilePorts } from './ports.ts';
import { reconcileRevocation } from './revocation.ts';
import { reconcileSession } from './session.ts';
import { reconcileUpload } from './upload.ts';

/** So many entries a run; what is left comes with the next one. */
export const MAX_ENTRIES = 500;
/** So many at once: most of them are a read, a question to Step Functions and a write. */
const AT_ONCE = 10;

export interface ReconcileReport {
  /** How many entries came to what. */
  readonly found: Readonly<Partial<Record<Finding, number>>>;
  /** Entries that were seen and not begun. */
  readonly left: number;
  /** The longest for which anything was due and nobody worked on it: an entry until this run, or an upload that it found so; 0: nothing. */
  readonly oldestDueAgeSeconds: number;
}

/**
 * One run of the job: goes through what is due, the longest due first, until time or number are used up. Each entry is decided by
 * its own record and put off under the time at which it was seen, so that runs may overlap and be repeated. One entry's trouble
 * is logged, and stops no other.
 */
export async function reconcile(ports: ReconcilePorts): Promise<ReconcileReport> {
  const began = ports.clock.now().getTime();
  const entries = await ports.store.listDue({ now: timestamp(ports.clock.now()), limit: MAX_ENTRIES });
  const [oldest] = entries;
  let begun = 0;
  let age = oldest === undefined ? 0 : (began - Date.parse(oldest.at)) / 1000;
  const found: Partial<Record<Finding, number>> = {};
  await inTurns(entries, AT_ONCE, async (entry) => {
    if (ports.clock.now().getTime() - began >= ports.times.reconcileStops * 1000) return;
    begun += 1;
    const { finding, unattendedSeconds } = await lookAt(ports, entry);
    found[finding] = (found[finding] ?? 0) + 1;
    age = Math.max(age, unattendedSeconds);
  });
  return { found, left: entries.length - begun, oldestDueAgeSeconds: Math.max(0, Math.round(age)) };
}

async function lookAt(ports: ReconcilePorts, entry: DueEntry): Promise<Looked> {
  try {
    return await decide(ports, entry);
  } catch (error) {
    ports.log.error('reconcile_troubled', { ...entry, error });
  }
  try {
    // Otherwise entries that never succeed would stand before all others.
    await ports.store.moveDue(entry, timestampAfter(ports.clock.now(), ports.times.watchPause));
  } catch (error) {
    ports.log.error('reconcile_not_put_off', { ...entry, error });
  }
  return { finding: 'troubled', unattendedSeconds: 0 };
}

async function decide(ports: ReconcilePorts, entry: DueEntry): Promise<Looked> {
  switch (entry.kind) {
    case 'upload':
      return reconcileUpload(ports, entry);
    case 'delivery':
      return { finding: await reconcileDelivery(ports, entry), unattendedSeconds: 0 };
    case 'session':
      return { finding: await reconcileSession(ports, entry), unattendedSeconds: 0 };
    case 'media':
      return { finding: await reconcileMedia(ports, entry), unattendedSeconds: 0 };
    case 'revocation':
      return { finding: await reconcileRevocation(ports, entry), unattendedSeconds: 0 };
    case 'account':
      return { finding: await reconcileAccount(ports, entry), unattendedSeconds: 0 };
  }
}
