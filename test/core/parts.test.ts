import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanfareError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { Part } from '../../core/model.ts';
import { checkParts, normaliseParts, partLength, partsDigest, planParts } from '../../core/parts.ts';

const MiB = 1024 * 1024;

function cut(fileSize: number, partSize: number) {
  return { ...planParts(fileSize, partSize), file: { fileName: 'a.mp4', fileSize, contentType: 'video/mp4', sha256: null } };
}

/** What storage has when every part of the cut arrived. */
function arrived(session: ReturnType<typeof cut>): Part[] {
  return Array.from({ length: session.partCount }, (_, i) => ({
    partNumber: i + 1,
    eTag: `"etag-${i + 1}"`,
    size: partLength(session, i + 1),
  }));
}

function codesOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof FanfareError && error.code === 'part_mismatch') return error.errors.map((each) => each.code);
    throw error;
  }
  return [];
}

describe('a cut into parts', () => {
  it('covers the file exactly, with at most 10,000 parts, none but the last below 5 MiB', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 5 * 1024 ** 4 }),
      fc.option(fc.integer({ min: limits.partSizeMin, max: limits.partSizeMax })),
    );
    fc.assert(
      fc.property(sizes, ([fileSize, wished]) => {
        const plan = planParts(fileSize, wished);
        const session = { ...plan, file: { fileName: 'a.mp4', fileSize, contentType: 'video/mp4', sha256: null } };
        const last = partLength(session, plan.partCount);
        expect(plan.partCount).toBeLessThanOrEqual(limits.partCount);
        expect(plan.partSize).toBeGreaterThanOrEqual(limits.partSizeMin);
        expect(last).toBeGreaterThan(0);
        expect(last).toBeLessThanOrEqual(plan.partSize);
        expect(plan.partSize * (plan.partCount - 1) + last).toBe(fileSize);
      }),
    );
  });

  it('is in parts of 16 MiB unless another size is wished', () => {
    expect(planParts(100 * MiB, null)).toEqual({ partSize: 16 * MiB, partCount: 7 });
    expect(planParts(100 * MiB, 5 * MiB)).toEqual({ partSize: 5 * MiB, partCount: 20 });
    expect(planParts(limits.fileSize, limits.partSizeMin)).toEqual({ partSize: 5 * MiB, partCount: 410 });
  });

  it('has one part more from one byte more', () => {
    expect(planParts(10 * MiB - 1, 5 * MiB).partCount).toBe(2);
    expect(planParts(10 * MiB, 5 * MiB).partCount).toBe(2);
    expect(planParts(10 * MiB + 1, 5 * MiB).partCount).toBe(3);
  });

  it('raises the wished size where it would give more than 10,000 parts', () => {
    expect(planParts(10_000 * 5 * MiB, 5 * MiB)).toEqual({ partSize: 5 * MiB, partCount: 10_000 });
    expect(planParts(10_000 * 5 * MiB + 1, 5 * MiB)).toEqual({ partSize: 6 * MiB, partCount: 8_334 });
  });
});

describe('a list of parts', () => {
  const part = fc.record({ partNumber: fc.integer({ min: 1, max: 40 }), eTag: fc.stringMatching(/^[0-9a-f]{1,8}$/u) });
  const list = fc.array(part, { maxLength: 60 });

  it('is the same in any order, quoted or not, and with repetitions', () => {
    fc.assert(
      fc.property(list, fc.func(fc.boolean()), fc.func(fc.integer()), (parts, quoted, weight) => {
        const written = [...parts, ...parts.slice(0, 3)]
          .map((part) => (quoted(part) ? { ...part, eTag: `"${part.eTag}"` } : part))
          .toSorted((a, b) => weight(a) - weight(b));
        expect(new Set(normaliseParts(written).map((part) => JSON.stringify(part)))).toEqual(
          new Set(normaliseParts(parts).map((part) => JSON.stringify(part))),
        );
        const sorted = normaliseParts(written).map((part) => part.partNumber);
        expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
      }),
    );
  });

  it('has another digest as soon as one ETag differs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), fc.nat(), (numbers, place) => {
        const parts = numbers.map((partNumber) => ({ partNumber, eTag: `e${partNumber}` }));
        const changed = parts.with(place % parts.length, { partNumber: numbers[place % parts.length] ?? 0, eTag: 'other' });
        expect(partsDigest(changed)).not.toBe(partsDigest(parts));
        expect(partsDigest(parts.toReversed())).toBe(partsDigest(parts));
      }),
    );
  });
});

describe('checking parts before completion', () => {
  const session = cut(12 * MiB, 5 * MiB);
  const stored = arrived(session);
  const named = stored.map(({ partNumber, eTag }) => ({ partNumber, eTag: eTag.replaceAll('"', '') }));

  it('returns the stored parts in order when all is well', () => {
    expect(checkParts(session, named.toReversed(), stored.toReversed())).toEqual(stored);
  });

  it('names a part that did not arrive, one that is not in the list, and one that does not exist', () => {
    expect(codesOf(() => checkParts(session, named, stored.slice(0, 2)))).toEqual(['not_stored']);
    expect(codesOf(() => checkParts(session, named.slice(0, 2), stored))).toEqual(['not_named']);
    expect(codesOf(() => checkParts(session, [...named, { partNumber: 4, eTag: 'x' }], stored))).toEqual(['unknown_part']);
    expect(codesOf(() => checkParts(session, [], stored))).toEqual(['not_named', 'not_named', 'not_named']);
  });

  it('names a part whose size is a byte off, also where storage would take it', () => {
    for (const [place, size] of [[0, 5 * MiB - 1], [0, 5 * MiB + 1], [2, 2 * MiB - 1], [2, 2 * MiB + 1]] as const) {
      const part = stored[place];
      if (part === undefined) throw new Error('no such part');
      expect(codesOf(() => checkParts(session, named, stored.with(place, { ...part, size })))).toEqual(['wrong_size']);
    }
  });

  it('names a part with another ETag, and one that is named with two', () => {
    expect(codesOf(() => checkParts(session, named.with(1, { partNumber: 2, eTag: 'other' }), stored))).toEqual(['wrong_etag']);
    expect(codesOf(() => checkParts(session, [...named, { partNumber: 2, eTag: 'other' }], stored))).toEqual(['wrong_etag']);
  });

  it('says so when storage forgot the transfer', () => {
    expect(codesOf(() => checkParts(session, named, null))).toEqual(['gone']);
  });

  it('does not ask for the name of an only part', () => {
    const single = cut(3, 5 * MiB);
    expect(checkParts(single, [], arrived(single))).toEqual(arrived(single));
    expect(codesOf(() => checkParts(single, [], []))).toEqual(['not_stored']);
    expect(codesOf(() => checkParts(single, [{ partNumber: 1, eTag: 'other' }], arrived(single)))).toEqual(['wrong_etag']);
  });

  it('names at most 20 parts and counts the others', () => {
    const large = cut(410 * 5 * MiB, 5 * MiB);
    expect(codesOf(() => checkParts(large, [], arrived(large)))).toHaveLength(20);
    expect(() => checkParts(large, [], arrived(large))).toThrow('And 390 more.');
  });
});
