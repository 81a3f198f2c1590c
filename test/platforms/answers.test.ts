import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseAnswer } from '../../platforms/answers.ts';

const idSchema = z.object({ id: z.union([z.string(), z.number()]).transform(String) });

describe('the JSON of an answer', () => {
  it('keeps every digit of an integer, however long', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (id) => {
        expect(parseAnswer(idSchema, { body: `{"id":${id}}` })).toEqual({ id: String(id) });
      }),
    );
  });

  it('leaves all other numbers, and digits inside a text, as they are', () => {
    const schema = z.object({ size: z.number(), text: z.string() });
    for (const body of ['{"size":9007199254740991,"text":"[7480000000000000123]"}', '{"size":1e300,"text":",7480000000000000123,"}', '{"size":0.5,"text":""}']) {
      expect(parseAnswer(schema, { body })).toEqual(JSON.parse(body));
    }
  });

  it.each(['<html>', '', '{"id":', '{"id":true}', 'null'])('is none in %j', (body) => {
    expect(parseAnswer(idSchema, { body })).toBeNull();
  });
});
