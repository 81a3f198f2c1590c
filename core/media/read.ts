import { FanfareError } from '../errors.ts';
import { isIdOf } from '../ids.ts';
import type { StoredMedia } from '../model.ts';
import type { Ports } from '../ports/index.ts';

/** The tenant's stored file of an id. Throws `not_found` for any other id. */
export async function findMedia({ store }: Pick<Ports, 'store'>, tenantId: string, mediaId: string): Promise<StoredMedia> {
  const media = isIdOf('med', mediaId) ? await store.getMedia(mediaId) : null;
  if (media !== null && media.tenantId === tenantId) return media;
  throw new FanfareError('not_found', 'There is no such media.', {
    errors: [{ field: 'mediaId', code: 'not_found', message: 'is not the id of a stored file' }],
  });
}
