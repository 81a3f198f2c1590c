import type { UploadWithDeliveries } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { EffectTakenBack, type Outcome } from '../../common/once.ts';

/** The upload that a request made the first time. Throws `EffectTakenBack` if it was taken back, since storage refused its parts. */
export async function uploadCreatedBefore({ store }: Pick<Ports, 'store'>, { ids }: Outcome): Promise<UploadWithDeliveries> {
  const record = await store.getUpload(ids['uploadId'] ?? '');
  if (record === null) throw new EffectTakenBack('The upload was taken back.');
  return record;
}
