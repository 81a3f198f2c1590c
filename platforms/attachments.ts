import * as z from 'zod';
import type { Media } from '../core/model.ts';
import type { AttachedFile, AttachmentRef, AttachmentType, MediaTools, PreflightSubject, Work } from '../core/ports/index.ts';
import type { RuleBook } from './rules.ts';
import { readExactly } from './work.ts';

/** What networks have in common of files that options name: covers, and captions. */

/** The id of a stored file, as an option. Whether there is such a file, the use cases find out. */
export const storedFile = z.string().regex(/^med_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u, 'must be the id of a stored file, as POST /api/media/complete gives it');

/** A language tag in its common forms: `en`, `pt-BR`, `zh-Hant-TW` (BCP 47). */
export const languageTag = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u, 'must be a language tag such as en or pt-BR');

/** References of options under a schema; none where the options are not what it says. */
export function refsUnder<Schema extends z.ZodType>(schema: Schema, options: unknown, read: (options: z.output<Schema>) => readonly (AttachmentRef | null)[]): readonly AttachmentRef[] {
  const parsed = schema.safeParse(options ?? {});
  return parsed.success ? read(parsed.data).filter((ref) => ref !== null) : [];
}

/** The reference of an option; null: it names nothing. */
export function refTo(path: string, mediaId: string | undefined, takes: AttachmentType): AttachmentRef | null {
  return mediaId === undefined ? null : { path, mediaId, takes };
}

/** The file that an option names. Undefined: it names none, or one that cannot be used, which was said already. */
export function attachedFile({ attachments }: Pick<PreflightSubject, 'attachments'>, mediaId: string | undefined): AttachedFile | undefined {
  return attachments.find((file) => file.mediaId === mediaId);
}

/** What an image that an option names may be. */
export interface ImageLimits {
  /** Bytes. */
  readonly sizeMax: number;
  readonly formats: readonly string[];
}

/** An image that an option names, by the rules `<check>_size_max` and `<check>_format`. `title` names the network. */
export function checkImage(title: string, { file, field, check }: { file: AttachedFile | undefined; field: string; check: string }, book: RuleBook, { sizeMax, formats }: ImageLimits): void {
  if (file === undefined) return;
  book.atMost(`${check}_size_max`, file.size, sizeMax, {
    field,
    problem: (value, limit) => `The image has ${value} bytes, and ${title} takes at most ${limit} for this`,
    remedy: 'name a smaller one',
    unit: 'bytes',
  });
  book.oneOf(`${check}_format`, file.image?.format ?? null, formats, {
    field,
    problem: (value, limit) => `The image is ${value}, and ${title} takes ${limit} for this`,
    remedy: 'convert it',
  });
}

/** What a file of captions may be. */
export interface CaptionLimits {
  /** Bytes. */
  readonly sizeMax: number;
  /** Media types. */
  readonly formats: readonly string[];
}

/** Captions that an option names, by the rules `captions_size_max` and `captions_format`. `title` names the network. */
export function checkCaptions(title: string, { file, field }: { file: AttachedFile | undefined; field: string }, book: RuleBook, { sizeMax, formats }: CaptionLimits): void {
  if (file === undefined) return;
  book.atMost('captions_size_max', file.size, sizeMax, {
    field,
    problem: (value, limit) => `The captions have ${value} bytes, and ${title} takes at most ${limit}`,
    remedy: 'name a smaller file',
    unit: 'bytes',
  });
  book.oneOf('captions_format', file.contentType, formats, {
    field,
    problem: (value, limit) => `The captions are ${value}, and ${title} takes ${limit}`,
    remedy: 'convert them',
  });
}

/** The limits of `checkImage` as data, for `limitsOf`. */
export function imageLimits(check: string, { sizeMax, formats }: ImageLimits) {
  return { [`${check}_size_max`]: [sizeMax, 'bytes'], [`${check}_format`]: [formats, null] } as const;
}

/** The file that an option names. Throws if the upload does not have it: it was looked for when the options came. */
export function attachmentOf({ upload }: Pick<Work, 'upload'>, mediaId: string): Media {
  const file = upload.attachments.find((each) => each.mediaId === mediaId);
  if (file === undefined) throw new Error(`The upload ${upload.uploadId} does not have the file ${mediaId} that its options name.`);
  return file;
}

/** All of a small file. */
export function readWhole(tools: Pick<MediaTools, 'readRange'>, file: Media): Promise<Uint8Array> {
  return readExactly(tools, file, 0, file.size);
}
