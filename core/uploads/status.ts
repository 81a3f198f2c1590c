import type { Delivery, Upload, UploadWithDeliveries } from '../model.ts';

/** The words in which people are told how an upload stands. */
export const publicStatuses = ['Scheduled', 'Processing', 'Uploaded', 'Failed', 'Cancelled'] as const;
export type PublicStatus = (typeof publicStatuses)[number];

/** How one account stands at `now` (a timestamp of `core/clock.ts`; these compare as text). */
export function deliveryStatus(delivery: Pick<Delivery, 'status'>, scheduledOn: string | null, now: string): PublicStatus {
  switch (delivery.status) {
    case 'pending':
      return scheduledOn !== null && scheduledOn > now ? 'Scheduled' : 'Processing';
    case 'dispatching':
    case 'retrying':
      return 'Processing';
    case 'uploaded':
      return 'Uploaded';
    case 'failed':
    case 'unknown':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

/**
 * How the whole upload stands: what is still open decides first, then failure. A failed account does not show in the whole
 * while another one is still open.
 */
export function uploadStatus(
  upload: Pick<Upload, 'scheduledOn'>,
  deliveries: readonly Pick<Delivery, 'status'>[],
  now: string,
): PublicStatus {
  const found = new Set(deliveries.map((delivery) => deliveryStatus(delivery, upload.scheduledOn, now)));
  return BY_WEIGHT.find((status) => found.has(status)) ?? 'Processing';
}

/** The first of these that an account has is that of the whole. */
const BY_WEIGHT: readonly PublicStatus[] = ['Processing', 'Scheduled', 'Failed', 'Uploaded', 'Cancelled'];

/** `uploadStatus` of a record as the store gives it. */
export function statusOf({ upload, deliveries }: UploadWithDeliveries, now: string): PublicStatus {
  return uploadStatus(upload, deliveries, now);
}
