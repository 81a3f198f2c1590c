import { timestamp } from '../clock.ts';
import { errorAt, invalidField, type FanfareError } from '../errors.ts';
import type { StoredMedia } from '../model.ts';
import type { UploadPorts } from './ports.ts';
import { mediaGone } from './record.ts';

/**
 * The stored files of which an upload is to be made, in the order named. Throws `validation_failed` for files that the tenant does
 * not have or that are named twice, `media_gone` for one that is not kept any more, and `busy` for one that is not there yet.
 */
export async function findFiles(
  { store, clock }: Pick<UploadPorts, 'store' | 'clock'>,
  { tenantId, media: ids }: { readonly tenantId: string; readonly media: readonly string[] },
): Promise<readonly StoredMedia[]> {
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw invalidField('media', 'duplicate', `The file ${twice} is named twice: name each once.`);
  const files = (await store.getMediaFiles(ids)).filter((file) => file.tenantId === tenantId);
  const there = new Set(files.map(({ mediaId }) => mediaId));
  const unknown = ids.find((id) => !there.has(id));
  if (unknown !== undefined) throw invalidField('media', 'media_unknown', `The file ${unknown} is not stored here: send it with POST /api/media first.`);
  const now = timestamp(clock.now());
  const gone = files.find(({ releasedAt, usableUntil }) => releasedAt !== null || usableUntil <= now);
  if (gone !== undefined) throw mediaGone(gone.mediaId);
  if (files.some(({ assembly }) => assembly !== null)) throw notReady();
  return files;
}

/** For a file that storage is still putting together. */
export function notReady(): FanfareError {
  const message = 'Storage is still putting a file together: try again in a few seconds.';
  return errorAt('busy', 'media', 'not_ready', message, { retryAfter: 5 });
}
