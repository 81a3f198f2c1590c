import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../core/model.ts';
import { boundedError, bounds, cutBytes, cutCharacters, sizeOf, slim } from '../../store/rules/bounds.ts';
import { at, newAccount, newDelivery, newSession, newUpload } from './conformance/records.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 400 });
const long = fc.string({ unit: 'grapheme', maxLength: 4_000 });
const error = fc.record({
  code: fc.constant('internal_error' as const),
  message: long,
  platformCode: fc.option(long),
  platformMessage: fc.option(long),
});

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    error: fc.option(error.map((each) => boundedError(each))),
    warnings: fc.array(text, { maxLength: 12 }),
    evidences: fc.array(text, { maxLength: 10 }),
    tries: fc.dictionary(fc.constantFrom('retryable', 'rate_limited', 'look_up_1', 'look_up_2'), fc.nat(50)),
    data: fc.string({ maxLength: 1_400 }),
  })
  .map(({ evidences, data, ...rest }) =>
    newDelivery(newUpload(newSession()), newAccount(), {
      ...rest,
      checkpoint: { version: 1, ready: true, data: data.replaceAll(/[^\w]/gu, '.') },
      attempt: { phase: 'idle', n: evidences.length },
      proofs: evidences.map((evidence, n) => ({ attempt: n + 1, kind: 'absent', evidence: cutCharacters(evidence, bounds.evidence), at: at(n) })),
    }),
  );

describe('the bounds of a delivery', () => {
  it('cut a text to so many bytes or characters, at, below and above the edge, and none in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.integer({ min: 3, max: 60 }), (value, limit) => {
        const byBytes = cutBytes(value, limit);
        const byCharacters = cutCharacters(value, limit);
        expect(Buffer.byteLength(byBytes)).toBeLessThanOrEqual(limit);
        expect(Array.from(byCharacters).length).toBeLessThanOrEqual(limit);
        if (Buffer.byteLength(value) <= limit) expect(byBytes).toBe(value);
        else expect(value.startsWith(byBytes.slice(0, -1))).toBe(true);
        if (Array.from(value).length <= limit) expect(byCharacters).toBe(value);
        if (value.isWellFormed()) expect([byBytes.isWellFormed(), byCharacters.isWellFormed()]).toEqual([true, true]);
      }),
    );
  });

  it('leave an error its code, and 2,000 bytes in all', () => {
    fc.assert(
      fc.property(error, (given) => {
        const kept = boundedError(given);
        const bytes = [kept.message, kept.platformCode, kept.platformMessage].map((each) => Buffer.byteLength(each ?? ''));
        expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2_000);
        expect(kept.code).toBe(given.code);
        expect(kept.message === '').toBe(given.message === '');
        expect([kept.platformCode === null, kept.platformMessage === null]).toEqual([given.platformCode === null, given.platformMessage === null]);
        expect(boundedError(kept)).toEqual(kept);
      }),
    );
  });

  it('are kept by cutting words only, and only where it is needed', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        const kept = slim(given);
        expect(sizeOf(kept)).toBeLessThanOrEqual(bounds.delivery);
        expect(slim(kept)).toBe(kept);
        const { error: _, warnings, proofs, ...facts } = kept;
        expect(given).toMatchObject(facts);
        expect(warnings.length).toBeLessThanOrEqual(bounds.warnings);
        expect(proofs.at(-1)?.attempt).toBe(given.proofs.at(-1)?.attempt);
        if (sizeOf(given) <= bounds.delivery) expect({ ...kept, warnings: [] }).toEqual({ ...given, warnings: [] });
      }),
    );
  });
});
