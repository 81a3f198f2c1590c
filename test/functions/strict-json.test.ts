import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanfareError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { decodeUtf8, parseStrictJson } from '../../functions/common/strict-json.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

function codeOf(text: string): string | null {
  try {
    parseStrictJson(text);
    return null;
  } catch (error) {
    if (error instanceof FanfareError && error.code === 'validation_failed') return error.errors[0]?.code ?? '';
    throw error;
  }
}

describe('a JSON body', () => {
  it('reads as any JSON parser reads it', () => {
    // Surrogate halves and NUL are refused, and so is the name __proto__: they have cases of their own.
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' }).filter((each) => !/\\u0000|__proto__/u.test(JSON.stringify(each)));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (each, indent) => {
        const text = JSON.stringify(each, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":1} x', 'NaN'])('that is not JSON is refused: %j', (text) => {
    expect(codeOf(text)).toBe('invalid_json');
  });

  it.each([
    '{"a":1,"a":2}',
    String.raw`{"a":1,"\u0061":2}`,
    '[{"x":{"a":1,"b":[{"a":1}],"a":2}}]',
    '{"a":{"b":1},"c":[1,2],"a":[]}',
  ])('may not name a member twice: %j', (text) => {
    expect(codeOf(text)).toBe('duplicate_name');
  });

  it.each(['{"a":{"a":1},"b":{"a":2}}', '[{"a":1},{"a":2}]', '{"a":"b","b":"a"}', String.raw`{"a":"\",\"a\":","b":1}`, '{"a":["a","a"]}'])(
    'may use a name again elsewhere: %j',
    (text) => {
      expect(codeOf(text)).toBeNull();
    },
  );

  it.each(['{"__proto__":{}}', '{"a":[{"__proto__":1}]}', String.raw`{"\u005f_proto__":1}`])('may not reach for prototypes: %j', (text) => {
    expect(codeOf(text)).toBe('forbidden_name');
  });

  it('may be nested to the limit, and not one deeper', () => {
    expect(codeOf(nested(limits.jsonDepth))).toBeNull();
    expect(codeOf(nested(limits.jsonDepth + 1))).toBe('too_deep');
    expect(codeOf(nested(100_000))).toBe('too_deep');
  });

  it.each([String.raw`{"a":"\ud83c"}`, String.raw`{"a":"\udf89\ud83c"}`, String.raw`{"a":["x\u0000"]}`, String.raw`{"\ud83c":1}`])(
    'may not hold half of a character, or NUL: %j',
    (text) => {
      expect(codeOf(text)).toBe('invalid_characters');
    },
  );

  it('may hold any whole character, escaped or not', () => {
    expect(parseStrictJson(String.raw`{"a":"\ud83c\udf89 🎉"}`)).toEqual({ a: '🎉 🎉' });
  });

  it('names the field whose text is wrong', () => {
    expect(() => parseStrictJson(String.raw`{"options":{"tags":["x","\u0000"]}}`)).toThrow('options.tags[1]');
  });
});

describe('UTF-8', () => {
  it.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0xbc], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]])('refuses the bytes %j', (...bytes) => {
    expect(() => decodeUtf8(Uint8Array.from(bytes), 'body')).toThrow('UTF-8');
  });

  it('is read to the letter', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeUtf8(Buffer.from(text), 'body') === text.replace(/^\uFEFF/u, '')));
  });
});
