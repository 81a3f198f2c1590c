import * as z from 'zod';
import { FanfareError } from '../errors.ts';
import { isIdOf } from '../ids.ts';
import type { UploadWithDeliveries } from '../model.ts';
import type { Ports } from '../ports/index.ts';

/** The id of an upload as we make them. */
export const uploadIdField = z.string().refine((text) => isIdOf('upl', text));

/** The tenant's upload. Throws `not_found` for an id that is malformed, unknown or another tenant's. */
export async function findUpload(ports: Pick<Ports, 'store'>, tenantId: string, uploadId: string): Promise<UploadWithDeliveries> {
  const record = isIdOf('upl', uploadId) ? await ports.store.getUpload(uploadId) : null;
  if (record === null || record.upload.tenantId !== tenantId) {
    throw new FanfareError('not_found', 'There is no such upload.', {
      errors: [{ field: 'uploadId', code: 'not_found', message: 'is not the id of an upload' }],
    });
  }
  return record;
}
