import type { Delivery, DeliveryError, Proof } from '../../core/model.ts';

/**
 * A delivery stays under 4 kB: DynamoDB charges a consistent read by 4 kB and a write by 1 kB, and a delivery is read and
 * written dozens of times. Texts that explain are cut; facts are not, and neither is what a connector needs to go on: with a
 * checkpoint of up to 1,500 bytes everything else still fits.
 */
export const bounds = {
  /** Characters. */
  evidence: 200,
  proofs: 10,
  /** Bytes of all texts of an error together. */
  error: 2_000,
  warnings: 5,
  /** Characters. */
  warning: 300,
  duplicates: 10,
  /**
   * Bytes of a delivery as JSON. Its item is smaller than that (JSON spends more on quotes and commas than DynamoDB on
   * types), but has keys and bookkeeping of up to 300 bytes besides: 3,750 + 300 < 4,096.
   */
  delivery: 3_750,
} as const;

const ELLIPSIS = '…';

/** At most `limit` code points. */
export function cutCharacters(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text);
  return characters.length <= limit ? text : characters.slice(0, limit - 1).join('') + ELLIPSIS;
}

/** At most `limit` bytes of UTF-8; no character is cut in two. */
export function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  let room = limit - Buffer.byteLength(ELLIPSIS);
  let kept = '';
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return kept + ELLIPSIS;
}

/** The error with texts of at most 2,000 bytes in all; a network's own words give way first. */
export function boundedError(error: DeliveryError, limit: number = bounds.error): DeliveryError {
  const message = cutBytes(error.message, limit / 2);
  const platformCode = error.platformCode === null ? null : cutBytes(error.platformCode, limit / 10);
  const left = limit - Buffer.byteLength(message) - Buffer.byteLength(platformCode ?? '');
  const platformMessage = error.platformMessage === null ? null : cutBytes(error.platformMessage, left);
  return { code: error.code, message, platformCode, platformMessage };
}

/** The last five different ones, each cut. */
export function boundedWarnings(warnings: readonly string[]): readonly string[] {
  return [...new Set(warnings.map((warning) => cutCharacters(warning, bounds.warning)))].slice(-bounds.warnings);
}

/** Bytes of a delivery as JSON. */
export function sizeOf(delivery: Delivery): number {
  return Buffer.byteLength(JSON.stringify(delivery));
}

/** Cuts texts that explain, the most expendable first, until the delivery is small enough. The same object if it is. */
export function slim(delivery: Delivery): Delivery {
  const warnings = boundedWarnings(delivery.warnings);
  let slimmer = warnings.length === delivery.warnings.length ? delivery : { ...delivery, warnings };
  for (const cut of CUTS) {
    if (sizeOf(slimmer) <= bounds.delivery) return slimmer;
    slimmer = cut(slimmer);
  }
  return slimmer;
}

const CUTS: readonly ((delivery: Delivery) => Delivery)[] = [
  (delivery) => ({ ...delivery, proofs: [...withEvidence(delivery.proofs.slice(0, -1), 30), ...delivery.proofs.slice(-1)] }),
  (delivery) => withError(delivery, 800),
  (delivery) => ({ ...delivery, warnings: delivery.warnings.map((warning) => cutBytes(warning, 120)) }),
  (delivery) => ({ ...delivery, proofs: withEvidence(delivery.proofs, 30) }),
  (delivery) => withError(delivery, 300),
  (delivery) => ({ ...delivery, proofs: delivery.proofs.slice(-3) }),
  // A long thread: what its first post was prepared with is of no more use than to spare what decorates it some work.
  (delivery) => (delivery.receipt === null || delivery.sequels.length === 0 ? delivery : { ...delivery, checkpoint: null }),
];

function withEvidence(proofs: readonly Proof[], bytes: number): readonly Proof[] {
  return proofs.map((proof) => ({ ...proof, evidence: cutBytes(proof.evidence, bytes) }));
}

function withError(delivery: Delivery, bytes: number): Delivery {
  return delivery.error === null ? delivery : { ...delivery, error: boundedError(delivery.error, bytes) };
}
