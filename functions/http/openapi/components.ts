import * as z from 'zod';
import { platforms } from '../../../platforms/registry.ts';
import { linkedAccount } from '../native/schemas/accounts.ts';
import { uploadDetail } from '../native/schemas/detail.ts';
import { generatedKey, rotatedKey, shownKey } from '../native/schemas/keys.ts';
import { openedLink, shownLink } from '../native/schemas/linking.ts';
import { storedMedia } from '../native/schemas/media.ts';
import { shownNetwork } from '../native/schemas/networks.ts';
import { presignedParts, presignedPut, resumedSession } from '../native/schemas/sessions.ts';
import { createdUpload, uploadList, uploadStatusAnswer } from '../native/schemas/uploads.ts';
import { validation } from '../native/schemas/validate.ts';

/** Schemas that the document names; all others stand where they are used. Given here, so that no function carries the names. */
const names: Readonly<Record<string, z.ZodType>> = {
  ApiKey: shownKey,
  CreatedUpload: createdUpload,
  GeneratedKey: generatedKey,
  Link: shownLink,
  LinkedAccount: linkedAccount,
  OpenedLink: openedLink,
  Network: shownNetwork,
  PresignedParts: presignedParts,
  PresignedPut: presignedPut,
  ResumedSession: resumedSession,
  RotatedKey: rotatedKey,
  StoredMedia: storedMedia,
  Upload: uploadDetail,
  UploadList: uploadList,
  UploadStatus: uploadStatusAnswer,
  Validation: validation,
  ...Object.fromEntries(platforms.map(({ title, optionsSchema }) => [`${title}Options`, optionsSchema])),
};

/** Makes the names known to the conversion. Repeating it changes nothing. */
export function nameComponents(): void {
  for (const [id, schema] of Object.entries(names)) z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
}
