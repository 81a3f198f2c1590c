import { timestamp, timestampAfter } from '../clock.ts';
import { FanfareError } from '../errors.ts';
import { assembleMedia } from '../media/complete.ts';
import type { DueEntry } from '../ports/store.ts';
import type { Finding, ReconcilePorts } from './ports.ts';

type MediaEntry = Extract<DueEntry, { kind: 'media' }>;

/**
 * Looks after a file by itself: has storage put it together if a crash left that half done, and lets it go once it need not be kept
 * and no upload needs it. Dying between the two writes of that repeats it, and letting go is harmless when repeated.
 */
export async function reconcileMedia(ports: ReconcilePorts, entry: MediaEntry): Promise<Finding> {
  const { store, media: storage, clock, times, log } = ports;
  const { mediaId } = entry;
  const media = await store.getMedia(mediaId);
  if (media === null || media.watchAt !== entry.at) return 'moved_on';
  const now = clock.now();
  if (media.assembly !== null) {
    try {
      // Once it is assembled, `watchAt` is the time until which it is kept.
      if ((await assembleMedia(ports, media)).assembled) return 'assembled';
    } catch (error) {
      if (!(error instanceof FanfareError) || error.code !== 'part_mismatch') throw error;
      log.warn('media_taken_back', { mediaId, tenantId: media.tenantId, error });
      return 'taken_back';
    }
    if (media.keptUntil > timestamp(now)) {
      await store.moveDue(entry, timestampAfter(now, times.watchPause));
      return 'assembling';
    }
  }
  if ((await store.releaseMedia({ mediaId, at: timestamp(now) })) === 'needed') {
    await store.moveDue(entry, timestampAfter(now, times.watchIdle));
    return 'kept';
  }
  await storage.release(media.objectKey);
  await store.moveDue(entry, null);
  log.info('media_released', { mediaId, tenantId: media.tenantId });
  return 'released';
}
