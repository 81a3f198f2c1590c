import * as z from 'zod';
import { publicStatuses } from '../../../../core/uploads/status.ts';
import { timestampField } from './common.ts';

/** Everything that is known of an upload. */

const statusField = z.enum(publicStatuses);
const bytes = z.int().min(0);

const facts = z.strictObject({
  container: z.string(),
  duration: z.number().describe('Seconds.'),
  width: z.int().describe('Pixels, as displayed.'),
  height: z.int(),
  videoCodec: z.string().nullable(),
  audioCodec: z.string().nullable(),
  frameRate: z.number().nullable().describe('Frames a second.'),
});

const image = z.strictObject({
  format: z.enum(['jpeg', 'png', 'gif', 'webp', 'heic', 'avif']).describe('By its content.'),
  width: z.int().describe('Pixels, as displayed.'),
  height: z.int(),
  animated: z.boolean().describe('Whether it has several frames.'),
});

const media = z.strictObject({
  mediaId: z.string(),
  fileName: z.string(),
  size: bytes,
  contentType: z.string(),
  sha256: z.string().nullable().describe('Of the whole file, once it was inspected; null if none was declared.'),
  facts: facts.nullable().describe('Of a video. Null: not inspected yet, or nothing that is measured.'),
  image: image.nullable().describe('Of a photo. Null: not inspected yet.'),
});

const deliveryError = z.strictObject({
  code: z.string().describe('One of a closed list for all networks.'),
  message: z.string().describe('What happened, and what to do.'),
  platformCode: z.string().nullable().describe("The network's own code."),
  platformMessage: z.string().nullable().describe("The network's own words."),
});

/** Something that follows the post and can be seen by itself. */
const sequel = z.strictObject({
  name: z.string().describe('`part_2` and so on: a further part of a thread, the post being the first. `comment`: the first comment.'),
  status: z
    .enum(['pending', 'publishing', 'published', 'missing', 'unknown'])
    .describe('`missing`: it was given up, and is not there. `unknown`: it was given up, and nobody could say whether it is there. A warning says why.'),
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
});

const delivery = z.strictObject({
  accountId: z.string(),
  platform: z.string(),
  status: statusField,
  phase: z
    .enum(['pending', 'dispatching', 'retrying', 'publishing', 'uploaded', 'failed', 'unknown', 'cancelled'])
    .describe(
      'More exactly than `status`. `retrying`: a passing trouble is waited out until `nextAt`. `publishing`: the call that makes the post visible is under way. ' +
        '`unknown`: nobody could say whether the post was made.',
    ),
  revision: z.int().describe('Raised by every edit, cancel and retry.'),
  attempts: z.int().describe('Calls that were to make the post visible, so far.'),
  retries: z.int().describe('Passing troubles that were met since the last edit or retry.'),
  startedAt: timestampField.nullable().describe('When work on it began, since the last edit or retry.'),
  updatedAt: timestampField,
  publishedAt: timestampField.nullable(),
  nextAt: timestampField.nullable().describe('When it is gone on with, while it pauses.'),
  bytesSent: bytes.nullable().describe('Bytes of the files that the network has; null: none yet, or it fetches them by itself.'),
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
  sequels: z.array(sequel).describe('What follows the post, in its order: known once the post is there.'),
  error: deliveryError.nullable().describe('Why it failed, or what is being waited out.'),
  warnings: z.array(z.string()).describe('What did not work after the post was made.'),
});

const path = z.string().describe('A path below the address of the API.');

export const uploadDetail = z.strictObject({
  uploadId: z.string(),
  kind: z.enum(['video', 'photos', 'text']),
  status: statusField,
  revision: z.int().describe('Raised by every edit and by a cancel of the whole upload.'),
  title: z.string(),
  description: z.string().nullable(),
  options: z.record(z.string(), z.unknown()).describe('By network, as they were given.'),
  scheduledOn: timestampField.nullable(),
  createdAt: timestampField,
  updatedAt: timestampField,
  media: z.array(media),
  deliveries: z.array(delivery),
  links: z
    .strictObject({ self: path, status: path, edit: path.optional(), cancel: path.optional(), retry: path.optional(), publishNow: path.optional() })
    .describe('What can be asked now; what would be refused is left out.'),
});
