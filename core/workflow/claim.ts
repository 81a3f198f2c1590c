import { timestamp } from '../clock.ts';
import { uploadIdOfKey } from '../object-key.ts';
import type { Upload } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { nextWatch } from '../reconcile/watch.ts';
import { executionInput, MAX_REPLACEMENTS, WORKFLOW_VERSION, type ClaimInput, type ClaimResult, type ExecutionInput } from '../workflow.ts';
import { needsWork } from '../sequels.ts';

/**
 * Takes an upload for one execution, so that events which come twice, late or in any order start one worth of work. Everything
 * that is not to be worked on now ends quietly, with a reason for the log.
 */
export async function claim(ports: Pick<Ports, 'store' | 'media' | 'clock' | 'times'>, { execution, input }: ClaimInput): Promise<ClaimResult> {
  const { uploadId, predecessor, replacements } = startOf(input);
  if (uploadId === null) return end('the object is not of an upload');
  if (replacements > MAX_REPLACEMENTS) return end('the executions of this upload end too often');
  const record = await ports.store.getUpload(uploadId);
  if (record === null) return end('the object has no upload');
  const { upload, deliveries } = record;
  if (!(await isWhole(ports, upload))) return end('the upload still lacks objects');
  if (upload.closedRevision >= upload.revision && !deliveries.some(needsWork)) return end('the upload is finished');
  const claimed = await ports.store.claimUpload({
    uploadId,
    claim: { execution, claimedAt: timestamp(ports.clock.now()) },
    predecessor,
    watchAt: nextWatch(upload, ports.clock.now(), ports.times),
  });
  if (!claimed) return end('another execution has the upload');
  return { v: WORKFLOW_VERSION, next: 'inspect', uploadId, round: 0 };
}

/** What an execution is started for. */
interface Start {
  /** Null: nothing of ours. */
  readonly uploadId: string | null;
  readonly predecessor: string | null;
  /** How many executions in a row ended before this one, each replaced by the next. */
  readonly replacements: number;
}

/** Reads who started an execution, and for what. */
function startOf(input: ExecutionInput): Start {
  if ('objectKey' in input) return { uploadId: uploadIdOfKey(input.objectKey), predecessor: null, replacements: 0 };
  if ('uploadId' in input) return { uploadId: input.uploadId, predecessor: input.predecessor, replacements: 0 };
  const { executionArn: predecessor, input: text } = input.detail;
  // Step Functions takes nothing but JSON for an input. What somebody started by hand with another one is not replaced.
  const ended = executionInput.safeParse(JSON.parse(text));
  if (!ended.success) return { uploadId: null, predecessor, replacements: 1 };
  const { uploadId, replacements } = startOf(ended.data);
  return { uploadId, predecessor, replacements: replacements + 1 };
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
