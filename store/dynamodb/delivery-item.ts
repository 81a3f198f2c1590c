import * as z from 'zod';
import { isTerminal, type Checkpoint, type Delivery, type DeliveryStatus, type Proof, type SequelState } from '../../core/model.ts';
import type { DeliveryRef } from '../../core/ports/store.ts';
import { dueKey, indexKeys, keys } from '../keys.ts';
import { bounds } from '../rules/bounds.ts';
import { dueAt } from './due-item.ts';
import { oneOf, remove, set, type Change } from './expression.ts';
import { jsonText, orNull, time, toJsonText, withoutNulls } from './fields.ts';
import type { Item } from './table.ts';

/**
 * A delivery as an item. Beyond the record it holds its place in the client's order, the keys of the index of open deliveries
 * while it is one, and its proofs in numbered slots, so that the newest takes the place of the oldest in one write.
 */

const receipt = z.object({
  attempt: z.int(),
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
  at: time,
});

const proof = z.object({ attempt: z.int(), kind: z.enum(['refused', 'never_sent', 'absent', 'forced']), evidence: z.string(), at: time });

const proofSlots = z
  .record(z.string(), proof)
  .transform((slots): readonly Proof[] => Object.values(slots).toSorted((one, other) => one.attempt - other.attempt));

const checkpoint = z.object({ version: z.int(), ready: z.boolean(), data: jsonText });

const sequel = z.object({
  name: z.templateLiteral(['part_', z.int()]).or(z.literal('comment')),
  attempt: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('idle'), n: z.int() }),
    z.object({ phase: z.literal('armed'), n: z.int(), armedAt: time, fingerprint: z.string() }),
    z.object({ phase: z.literal('receipt'), n: z.int(), externalId: orNull(z.string()), externalUrl: orNull(z.string()) }),
    z.object({ phase: z.enum(['missing', 'unknown']), n: z.int() }),
  ]),
  checkpoint: orNull(checkpoint),
});

const error = z.object({
  code: z.enum([
    'reauth_required',
    'permission_denied',
    'rate_limited',
    'quota_exhausted',
    'media_rejected',
    'metadata_rejected',
    'duplicate_content',
    'platform_unavailable',
    'outcome_unknown',
    'account_unlinked',
    'internal_error',
  ]),
  message: z.string(),
  platformCode: z.string().nullable(),
  platformMessage: z.string().nullable(),
});

const deliveryItem = z.object({
  uploadId: z.string(),
  accountId: z.string(),
  tenantId: z.string(),
  network: z.string(),
  status: z.enum(['pending', 'dispatching', 'retrying', 'uploaded', 'failed', 'unknown', 'cancelled']),
  revision: z.int(),
  fence: z.int(),
  execution: orNull(z.string()),
  checkpoint: orNull(checkpoint),
  attempt: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('idle'), n: z.int() }),
    z.object({ phase: z.enum(['armed', 'receipt']), n: z.int(), armedAt: time, fingerprint: z.string() }),
  ]),
  receipt: orNull(receipt),
  // Deliveries of before there were any have none.
  sequels: z.array(sequel).default([]),
  duplicates: z.array(receipt),
  proofs: proofSlots,
  tries: z.record(z.string(), z.int()),
  nextAt: orNull(time),
  error: orNull(error),
  warnings: z.array(z.string()),
  decorated: z.boolean(),
  bytesSent: orNull(z.int()),
  startedAt: orNull(time),
  lookUpAt: orNull(time),
  updatedAt: time,
});

/** What an attempt that is not armed any more leaves in its item: by it, the account is told. */
const lastArmed = z.object({ attempt: z.object({ n: z.int(), fingerprint: z.string().optional() }) });

export function deliveryOf(item: Item): Delivery {
  return deliveryItem.parse(item);
}

export function positionOf(item: Item): number {
  return z.int().parse(item['position']);
}

/** The last attempt that was ever armed; null: none was. */
export function lastArmedOf(item: Item): { readonly n: number; readonly fingerprint: string } | null {
  const { n, fingerprint } = lastArmed.parse(item).attempt;
  return fingerprint === undefined ? null : { n, fingerprint };
}

export function itemOfDelivery(delivery: Delivery, position: number, due: string): Item {
  const { checkpoint, sequels, proofs, accountId, uploadId, lookUpAt } = delivery;
  return {
    ...withoutNulls({
      ...delivery,
      checkpoint: checkpoint === null ? null : checkpointValue(checkpoint),
      sequels: sequels.length === 0 ? null : sequelValues(sequels),
      proofs: slotsOf(proofs),
    }),
    ...(isTerminal(delivery.status) ? {} : indexKeys.openDelivery(accountId, due, uploadId)),
    ...(lookUpAt === null ? {} : dueKey(lookUpAt, keys.delivery(uploadId, accountId))),
    position,
  };
}

export function checkpointValue({ version, ready, data }: Checkpoint): Item {
  return { version, ready, data: toJsonText(data) };
}

export function sequelValues(sequels: readonly SequelState[]): readonly Item[] {
  return sequels.map(({ name, attempt, checkpoint: prepared }) =>
    withoutNulls({ name, attempt: withoutNulls({ ...attempt }), checkpoint: prepared === null ? null : checkpointValue(prepared) }),
  );
}

export function slotsOf(proofs: readonly Proof[]): Readonly<Record<string, Proof>> {
  return Object.fromEntries(proofs.map((proof) => [slotOf(proof.attempt), proof]));
}

/** An attempt is disarmed once, so that so many slots hold the proofs of the last attempts. */
export function slotOf(attempt: number): string {
  return String(attempt % bounds.proofs);
}

export const OPEN: readonly DeliveryStatus[] = ['pending', 'dispatching', 'retrying'];
export const isOpen = oneOf('status', OPEN);

/** The delivery has come to an end: it is open no longer, and nobody comes back to it by itself. */
export function endsAs(status: DeliveryStatus): readonly Change[] {
  return [set('status', status), remove('nextAt'), remove('gsi1pk'), remove('gsi1sk')];
}

/** The reconcile job looks for its outcome then, or tells of the one that was found; null: it has nothing to do here. */
export function lookedUpAt({ uploadId, accountId }: DeliveryRef, lookUpAt: string | null): readonly Change[] {
  return dueAt('lookUpAt', keys.delivery(uploadId, accountId), lookUpAt);
}

/** The delivery is open and due then. */
export function opensAs(status: DeliveryStatus, key: { gsi1pk: string; gsi1sk: string }): readonly Change[] {
  return [set('status', status), remove('nextAt'), set('gsi1pk', key.gsi1pk), set('gsi1sk', key.gsi1sk)];
}
