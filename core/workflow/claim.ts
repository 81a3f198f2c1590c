import { timestamp } from '../clock.ts';
import { uploadIdOfKey } from '../object-key.ts';
import type { Upload } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { WORKFLOW_VERSION, type ClaimInput, type ClaimResult } from '../workflow.ts';
import { needsWork } from './plan.ts';

/**
 * Takes an upload for one execution, so that events which come twice, late or in any order start one worth of work. Everything
 * that is not to be worked on now ends quietly, with a reason for the log.
 */
export async function claim(ports: Pick<Ports, 'store' | 'media' | 'clock'>, { execution, input }: ClaimInput): Promise<ClaimResult> {
  const uploadId = 'objectKey' in input ? uploadIdOfKey(input.objectKey) : input.uploadId;
  if (uploadId === null) return end('the object is not of an upload');
  const record = await ports.store.getUpload(uploadId);
  if (record === null) return end('the object has no upload');
  const { upload, deliveries } = record;
  if (!(await isWhole(ports, upload))) return end('the upload still lacks objects');
  if (upload.closedRevision >= upload.revision && !deliveries.some(needsWork)) return end('the upload is finished');
  const claimed = await ports.store.claimUpload({
    uploadId,
    claim: { execution, claimedAt: timestamp(ports.clock.now()) },
    predecessor: 'predecessor' in input ? input.predecessor : null,
  });
  if (!claimed) return end('another execution has the upload');
  return { v: WORKFLOW_VERSION, next: 'inspect', uploadId, round: 0 };
}

/**
 * Whether every object of the upload is there. The event about an object may come before the request that completed it has
 * noted so: then the objects themselves tell, and it is noted here.
 */
async function isWhole({ store, media, clock }: Pick<Ports, 'store' | 'media' | 'clock'>, upload: Upload): Promise<boolean> {
  if (upload.assembly === null) return true;
  const found = await Promise.all(upload.media.map(({ objectKey }) => media.head(objectKey)));
  if (!upload.media.every(({ size }, n) => found[n]?.size === size)) return false;
  await store.markAssembled(upload.uploadId, timestamp(clock.now()));
  return true;
}

function end(reason: string): ClaimResult {
  return { v: WORKFLOW_VERSION, next: 'end', reason };
}
