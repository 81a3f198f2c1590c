import type { Kind, Media } from '../model.ts';
import { MediaGone, type Ports, type Probe, type Violation } from '../ports/index.ts';
import type { PreflightFile } from '../uploads/preflight.ts';

/** A stored file as far as it could be looked at. */
export interface Sight {
  readonly file: PreflightFile;
  /** False: there is no object, or not yet. */
  readonly probed: boolean;
  /** Null: it is of the kind that is wanted. */
  readonly wrong: { readonly reason: string; readonly remedy: string; readonly contentType: string | null } | null;
}

/** The kind of upload that a file by itself would make. */
export function kindOf(contentType: string): Exclude<Kind, 'text'> {
  return contentType.startsWith('image/') ? 'photos' : 'video';
}

/** Looks into a stored file that is to be published as `kind`. */
export async function lookAtFile(
  { media }: { readonly media: Pick<Ports['media'], 'probe'> },
  kind: Kind,
  { objectKey, size, contentType }: Pick<Media, 'objectKey' | 'size' | 'contentType'>,
): Promise<Sight> {
  try {
    const probe = await media.probe(objectKey);
    const found = { size, contentType: probe.contentType ?? contentType };
    const wrong = isOf(kind, probe) ? null : { ...wrongKind(kind, probe), contentType: probe.contentType };
    return {
      probed: true,
      wrong,
      file: { ...found, facts: probe.kind === 'video' ? probe.facts : null, image: probe.kind === 'image' ? probe.facts : null },
    };
  } catch (error) {
    if (!(error instanceof MediaGone)) throw error;
    return { probed: false, wrong: null, file: { size, contentType, facts: null, image: null } };
  }
}

/** Whether a file is what uploads of the kind are made of. */
export function isOf(kind: Kind, probe: Probe): boolean {
  return probe.kind === (kind === 'photos' ? 'image' : 'video');
}

/** What to say of a file that is not. */
export function wrongKind(kind: Kind, probe: Probe): { readonly reason: string; readonly remedy: string } {
  const [want, send] = kind === 'photos' ? ['photo', 'photos, such as JPEG'] : ['video', 'a video, such as MP4 with H.264 and AAC'];
  return { reason: otherThan(`a ${want}`, probe), remedy: `Send ${send}.` };
}

/** What a file is in place of what is wanted, as a sentence. */
export function otherThan(wanted: string, probe: Probe): string {
  return probe.kind === 'other' ? probe.reason : `The file is ${CALLED[probe.kind]} (${probe.contentType}), not ${wanted}.`;
}

const CALLED = { image: 'an image', video: 'a video', captions: 'a file of captions' } as const;

/** A file of the wrong kind as a broken rule of `field`. */
export function kindViolation(kind: Kind, { reason, remedy, contentType }: NonNullable<Sight['wrong']>, field: string): Violation {
  const code = kind === 'photos' ? 'not_a_photo' : 'not_a_video';
  return { field, code, message: `${reason} ${remedy}`, value: contentType, limit: null, unit: null, remedy };
}
