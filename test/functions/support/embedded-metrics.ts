import * as z from 'zod';

/**
 * The embedded metric format as CloudWatch documents it ("Specification: Embedded metric format"): the objects of the format are
 * closed, and each name in them is a member of the line's root of the right type.
 */

const UNITS = [
  'Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits', 'Megabits',
  'Gigabits', 'Terabits', 'Percent', 'Count', 'Bytes/Second', 'Kilobytes/Second', 'Megabytes/Second', 'Gigabytes/Second',
  'Terabytes/Second', 'Bits/Second', 'Kilobits/Second', 'Megabits/Second', 'Gigabits/Second', 'Terabits/Second', 'Count/Second', 'None',
] as const;

const directive = z.strictObject({
  Namespace: z.string().min(1).max(1_024),
  Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
  Metrics: z
    .array(z.strictObject({ Name: z.string().min(1).max(1_024), Unit: z.enum(UNITS).optional(), StorageResolution: z.literal([1, 60]).optional() }))
    .min(1)
    .max(100),
});

export const embeddedMetrics = z
  .looseObject({ _aws: z.strictObject({ Timestamp: z.int().min(0), CloudWatchMetrics: z.array(directive).min(1) }) })
  .superRefine((line, context) => {
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const name of Dimensions.flat()) {
        const value = line[name];
        if (typeof value !== 'string' || value.length < 1 || value.length > 1_024) context.addIssue(`the dimension ${name} has no text`);
      }
      for (const { Name } of Metrics) {
        if (!z.union([z.number(), z.array(z.number()).max(100)]).safeParse(line[Name]).success) context.addIssue(`the metric ${Name} has no number`);
      }
    }
  });
