import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWellFormedKey, keyOf, newKey } from '../../core/keys.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('API keys', () => {
  it('have one length and one form, whatever the secret', () => {
    fc.assert(fc.property(secret, (bytes) => /^fan_[0-9A-Za-z]{49}$/u.test(keyOf(bytes)) && isWellFormedKey(keyOf(bytes))));
    expect(keyOf(new Uint8Array(32))).toHaveLength(53);
    expect(keyOf(new Uint8Array(32).fill(255))).toHaveLength(53);
  });

  it('are found by the documented expression for secret scanners, wherever they leak', () => {
    const expression = /### For secret scanners\s+```\n(.+)\n```/u.exec(readFileSync(new URL('../../docs/keys.md', import.meta.url), 'utf8'))?.[1];
    const found = (text: string) => text.match(new RegExp(expression ?? '', 'u'))?.[0];
    const around = fc.constantFrom('', ' ', '"', "'", '=', ':', '\n', '/', ',', '>');
    fc.assert(fc.property(secret, around, around, (bytes, before, after) => found(before + keyOf(bytes) + after) === keyOf(bytes)));
    expect(found(`KEY=${newKey()}x`)).toBeUndefined();
    expect(found(newKey().slice(0, -1))).toBeUndefined();
  });

  it('keep every bit of the secret', () => {
    fc.assert(
      fc.property(secret, fc.nat(255), (bytes, bit) => {
        const other = Uint8Array.from(bytes);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(keyOf(other)).not.toBe(keyOf(bytes));
      }),
    );
    expect(newKey()).not.toBe(newKey());
  });

  it('with one character mistyped are refused without a read', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 4, max: 52 }), fc.integer({ min: 1, max: 61 }), (bytes, place, shift) => {
        const key = keyOf(bytes);
        const wrong = ALPHABET[(ALPHABET.indexOf(key[place] ?? '') + shift) % 62];
        expect(isWellFormedKey(key.slice(0, place) + wrong + key.slice(place + 1))).toBe(false);
      }),
    );
  });

  it('with two neighbours swapped are refused', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 4, max: 51 }), (bytes, place) => {
        const key = keyOf(bytes);
        fc.pre(key[place] !== key[place + 1]);
        expect(isWellFormedKey(`${key.slice(0, place)}${key[place + 1]}${key[place]}${key.slice(place + 2)}`)).toBe(false);
      }),
    );
  });

  const zero = keyOf(new Uint8Array(32));

  it.each(['', 'fan_', `fan_${'0'.repeat(49)}`, ` ${zero}`, `${zero}\n`, zero.toUpperCase()])('are not %j', (text) => {
    expect(isWellFormedKey(text)).toBe(false);
  });
});
