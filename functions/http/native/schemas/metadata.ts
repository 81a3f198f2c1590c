import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import type { DeclaredFile, Network, UploadMetadata } from '../../../../core/model.ts';
import type { Edit } from '../../../../core/uploads/edit.ts';
import {
  accountsField,
  descriptionField,
  fileNameField,
  onViolationField,
  scheduledOnField,
  sha256Field,
  titleField,
} from '../../../../core/uploads/metadata.ts';
import { mediaType, videoType } from '../../../../core/media/type.ts';
import type { Platform } from '../../../../platforms/platform.ts';
import { platforms } from '../../../../platforms/registry.ts';

/** What the requests of all three flows say about an upload. */

/** `options.<network>`, each under the schema of its connector. */
const optionsField = z.strictObject(
  Object.fromEntries(platforms.map((platform) => [platform.network, platform.optionsSchema.optional().describe(saidOf(platform))])),
);

function saidOf({ title }: Platform): string {
  return `Options for ${title}.`;
}

/** Fields beside `options` that mean `options.<network>`. */
const aliases = platforms.flatMap((platform) =>
  platform.metadataAlias === undefined ? [] : [{ ...platform, alias: platform.metadataAlias }],
);
const aliasFields: object = Object.fromEntries(aliases.map((platform) => [platform.alias, platform.optionsSchema.optional().describe(saidOf(platform))]));

export const metadataFields = {
  title: titleField,
  description: descriptionField.nullish(),
  accounts: accountsField,
  scheduledOn: scheduledOnField.nullish(),
  onViolation: onViolationField.optional(),
  options: optionsField.optional(),
  ...aliasFields,
};

const metadataObject = z.strictObject(metadataFields);

type MetadataFields = z.output<typeof metadataObject>;

/** What can be changed afterwards; null takes away. */
export const editFields = {
  title: titleField.optional(),
  description: descriptionField.nullish(),
  scheduledOn: scheduledOnField.nullish(),
  options: z.strictObject(Object.fromEntries(platforms.map((platform) => [platform.network, platform.optionsSchema.nullish().describe(saidOf(platform))]))).optional(),
  ...Object.fromEntries(aliases.map((platform) => [platform.alias, platform.optionsSchema.nullish().describe(saidOf(platform))])),
};

const editObject = z.strictObject(editFields);

/** The change as the product knows it: without the fields that were left out. */
export function toEdit(fields: z.output<typeof editObject>, context: z.RefinementCtx): Edit {
  const { title, description, scheduledOn } = fields;
  const options = optionsOf(fields, context);
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(scheduledOn === undefined ? {} : { scheduledOn }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** The request's metadata as the product knows it. Adds an issue where the same options come under two names. */
export function toMetadata(fields: MetadataFields, context: z.RefinementCtx): UploadMetadata {
  return {
    title: fields.title,
    description: fields.description ?? null,
    accounts: fields.accounts,
    scheduledOn: fields.scheduledOn ?? null,
    onViolation: fields.onViolation ?? 'reject',
    options: optionsOf(fields, context),
  };
}

function optionsOf(fields: { readonly options?: object | undefined }, context: z.RefinementCtx): Readonly<Record<Network, unknown>> {
  const given = new Map<string, unknown>(Object.entries(fields));
  const options = new Map<Network, unknown>(Object.entries(fields.options ?? {}));
  for (const { alias, network } of aliases) {
    const value = given.get(alias);
    if (value === undefined) continue;
    if (options.has(network)) {
      const message = `the same as options.${network}: give one of them`;
      context.addIssue({ code: 'custom', params: { code: 'conflict' }, path: [alias], message });
    }
    options.set(network, value);
  }
  const all = Object.fromEntries([...options].filter(([, value]) => value !== undefined));
  const bytes = Buffer.byteLength(JSON.stringify(all));
  if (bytes > limits.options) {
    const message = `must have at most ${limits.options} bytes as JSON, all networks together; they have ${bytes}`;
    context.addIssue({ code: 'custom', params: { code: 'too_long' }, path: ['options'], message });
  }
  return all;
}

export const fileFields = {
  fileName: fileNameField,
  /** Bytes. The upper limit is the product's and is answered by a status of its own. */
  fileSize: z.int().min(1),
  contentType: z.string(),
  sha256: sha256Field.nullish(),
};

type FileFields = z.output<z.ZodObject<typeof fileFields>>;

/** The declared video, its type made plain. Adds an issue, at the file's fields under `path`, where it is none. */
export function toVideo(fields: FileFields, context: z.RefinementCtx, path: readonly string[] = []): DeclaredFile {
  const contentType = videoType(fields.contentType, fields.fileName);
  return toFile(fields, contentType, { code: 'not_a_video', message: 'must be the type of a video, such as video/mp4' }, context, path);
}

/** The same for a file that may also be a photo, or captions. */
export function toMediaFile(fields: FileFields, context: z.RefinementCtx): DeclaredFile {
  const contentType = mediaType(fields.contentType, fields.fileName);
  return toFile(fields, contentType, { code: 'not_media', message: 'must be the type of a video, a photo or captions, such as video/mp4, image/jpeg, text/vtt or application/x-subrip' }, context, []);
}

function toFile(
  { fileName, fileSize, sha256 }: FileFields,
  contentType: string | null,
  otherwise: { readonly code: string; readonly message: string },
  context: z.RefinementCtx,
  path: readonly string[],
): DeclaredFile {
  if (contentType === null) {
    context.addIssue({ code: 'custom', params: { code: otherwise.code }, path: [...path, 'contentType'], message: otherwise.message });
  }
  return { fileName, fileSize, contentType: contentType ?? '', sha256: sha256 ?? null };
}
