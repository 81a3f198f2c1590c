import { createHash } from 'node:crypto';
import { bareId } from '../ids.ts';
import type { UploadWithDeliveries } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { WORKFLOW_VERSION } from '../workflow.ts';

/**
 * Starts an execution that takes the upload over from the one that has it now, and then stops that one, which waits for
 * another time or works on a revision that is gone. Repeating it is harmless: of one name there is one execution, and of
 * several executions one gets the claim. Throws if it could not be started.
 *
 * The old one is stopped afterwards and at best: one that was not stopped finds that another one has the upload. To one that
 * was, the rule on executions that ended too early answers with a replacement; it gets the claim or loses it, and whichever
 * has it reads the record as it is now.
 */
export async function startUpload(
  { executions, log }: Pick<Ports, 'executions' | 'log'>,
  record: UploadWithDeliveries,
  again = '',
): Promise<'started' | 'already'> {
  const { uploadId, claim } = record.upload;
  const predecessor = claim?.execution ?? null;
  const started = await executions.start({ name: executionName(record, again), input: { v: WORKFLOW_VERSION, uploadId, predecessor } });
  if (predecessor === null) return started;
  try {
    await executions.stop(predecessor);
  } catch (error) {
    log.warn('execution_not_stopped', { uploadId, execution: predecessor, error });
  }
  return started;
}

/**
 * Names the execution that a record as it is now calls for, in at most 74 of the 80 characters that Step Functions takes:
 * `<ULID>-r<revision of the upload>-d<sum of the deliveries' revisions>-<8 hex>`. Every move of a person raises one of the two
 * numbers, a retry and a cancel of named accounts the second. The digits are of the execution that has the upload, and of
 * `again`: whoever finds that a start came to nothing tells the next one from it by that, since a name serves once.
 */
export function executionName({ upload, deliveries }: UploadWithDeliveries, again = ''): string {
  const moves = deliveries.reduce((sum, { revision }) => sum + revision, 0);
  const parent = createHash('sha256').update(`${upload.claim?.execution ?? ''} ${again}`).digest('hex').slice(0, 8);
  return `${bareId(upload.uploadId)}-r${upload.revision}-d${moves}-${parent}`;
}
