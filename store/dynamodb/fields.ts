import * as z from 'zod';

/** Fields that items of several entities have, as schemas. */

export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);

/** Null is kept as no attribute at all. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/**
 * A value of any shape, kept as JSON text: DynamoDB nests 32 levels at most, and its own types do not give every value back as
 * it was.
 */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not JSON: ${String(error)}` });
    return z.NEVER;
  }
});

/** Options by network. */
export const optionsText = jsonText.pipe(z.record(z.string(), z.unknown()));

/** As text; what JSON cannot carry is null. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** The attributes without those that are null. */
export function withoutNulls(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

const DAY = 24 * 60 * 60;

/** For the time-to-live attribute: so many days after `at`, in seconds since 1970. */
export function daysAfter(at: string, days: number): number {
  return Math.ceil(Date.parse(at) / 1000) + days * DAY;
}
