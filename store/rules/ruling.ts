import type { Delivery, Proof } from '../../core/model.ts';
import type { DeliveryStore } from '../../core/ports/store.ts';
import { bounds, cutCharacters } from './bounds.ts';

/** What a rule makes of a delivery; null where the condition refuses. */
export type Ruling = Delivery | null;

/** What a move of the port is asked to do. */
export type Asked<Name extends keyof DeliveryStore> = Parameters<DeliveryStore[Name]> extends [unknown, infer Request] ? Request : never;

/** With one more proof: the last ten are kept. */
export function proven(proofs: readonly Proof[], proof: Proof): readonly Proof[] {
  return [...proofs, { ...proof, evidence: cutCharacters(proof.evidence, bounds.evidence) }].slice(-bounds.proofs);
}
