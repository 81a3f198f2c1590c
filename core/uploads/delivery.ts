import type { Account, Delivery, DeliveryError, Upload } from '../model.ts';

/** A delivery as it begins: untouched, or, with an error, failed before anything was tried. */
export function newDelivery(
  upload: Pick<Upload, 'uploadId' | 'tenantId' | 'revision' | 'createdAt'>,
  account: Pick<Account, 'accountId' | 'network'>,
  error: DeliveryError | null = null,
): Delivery {
  return {
    uploadId: upload.uploadId,
    accountId: account.accountId,
    tenantId: upload.tenantId,
    network: account.network,
    status: error === null ? 'pending' : 'failed',
    revision: upload.revision,
    fence: 0,
    execution: null,
    checkpoint: null,
    attempt: { phase: 'idle', n: 0 },
    receipt: null,
    sequels: [],
    duplicates: [],
    proofs: [],
    tries: {},
    nextAt: null,
    error,
    warnings: [],
    decorated: false,
    bytesSent: null,
    startedAt: null,
    lookUpAt: null,
    updatedAt: upload.createdAt,
  };
}
