import * as z from 'zod';

/** The number of Unicode code points of a text: what people mean by characters, and what JSON Schema counts. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A text of `min` to `max` code points. (zod's own `min` and `max` count UTF-16 units.) */
export function text(min: number, max: number) {
  return z
    .string()
    .superRefine((value, context) => {
      const length = codePoints(value);
      if (length < min) {
        const message = min === 1 ? 'must not be empty' : `must have at least ${min} characters`;
        context.addIssue({ code: 'custom', params: { code: 'too_short' }, message });
      }
      if (length > max) {
        const message = `must have at most ${max} characters, it has ${length}`;
        context.addIssue({ code: 'custom', params: { code: 'too_long' }, message });
      }
    })
    .meta({ minLength: min, maxLength: max });
}
