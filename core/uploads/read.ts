import { timestamp } from '../clock.ts';
import { FanfareError, invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import type { UploadWithDeliveries } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { statusOf } from './status.ts';
import type { PublicStatus } from './status.ts';

type ReadPorts = Pick<Ports, 'store' | 'clock'>;

const UPLOAD_ID = /^upl_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u;

/** The tenant's upload. Throws `not_found` for an id that is malformed, unknown or another tenant's. */
export async function findUpload(ports: ReadPorts, tenantId: string, uploadId: string): Promise<UploadWithDeliveries> {
  const record = UPLOAD_ID.test(uploadId) ? await ports.store.getUpload(uploadId) : null;
  if (record === null || record.upload.tenantId !== tenantId) {
    throw new FanfareError('not_found', 'There is no such upload.', {
      errors: [{ field: 'uploadId', code: 'not_found', message: 'is not the id of an upload' }],
    });
  }
  return record;
}

export interface ListUploadsRequest {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly status: PublicStatus | null;
  readonly accountId: string | null;
  /** Inclusive bounds on the time of creation. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface UploadPage {
  readonly uploads: readonly UploadWithDeliveries[];
  /** Null: more uploads than one request reads would have to be looked at to know. */
  readonly total: number | null;
}

/**
 * A page of the tenant's uploads, newest first. Without `status` and `accountId` it reads only the uploads of the page.
 * With them it reads from the newest on, at most 500 uploads, so that a page behind those is short or empty.
 * Throws `validation_failed` for a page beyond the newest 1,000.
 */
export async function listUploads(ports: ReadPorts, tenantId: string, request: ListUploadsRequest): Promise<UploadPage> {
  const skip = (request.page - 1) * request.pageSize;
  if (skip + request.pageSize > limits.pagedUploads && request.page > 1) {
    const message = `Pages reach the newest ${limits.pagedUploads} uploads: ask for older ones by their time, with "to".`;
    throw invalidField('page', 'too_far', message);
  }
  const filtered = request.status !== null || request.accountId !== null;
  return filtered ? filteredPage(ports, tenantId, request, skip) : plainPage(ports, tenantId, request, skip);
}

async function plainPage(ports: ReadPorts, tenantId: string, request: ListUploadsRequest, skip: number): Promise<UploadPage> {
  const { from, to, pageSize: limit } = request;
  const [{ uploads }, total] = await Promise.all([
    ports.store.listUploads({ tenantId, from, to, after: null, skip, limit }),
    ports.store.countUploads({ tenantId, from, to }),
  ]);
  return { uploads, total };
}

async function filteredPage(ports: ReadPorts, tenantId: string, request: ListUploadsRequest, skip: number): Promise<UploadPage> {
  const { from, to, status, accountId, pageSize } = request;
  const now = timestamp(ports.clock.now());
  const matches: UploadWithDeliveries[] = [];
  let after: string | null = null;
  let left: number = limits.filteredUploads;
  do {
    const limit: number = Math.min(left, limits.pageSize);
    const { uploads, next } = await ports.store.listUploads({ tenantId, from, to, after, skip: 0, limit });
    const found = uploads.filter(
      (record) =>
        (status === null || statusOf(record, now) === status) &&
        (accountId === null || record.deliveries.some((delivery) => delivery.accountId === accountId)),
    );
    matches.push(...found);
    left -= limit;
    after = next;
  } while (after !== null && left > 0);
  return { uploads: matches.slice(skip, skip + pageSize), total: after === null ? matches.length : null };
}
