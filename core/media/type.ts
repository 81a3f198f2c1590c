/** Types by extension, for clients that do not know what they send (curl says `application/octet-stream` for a video). */
const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/x-m4v',
  mov: 'video/quicktime',
  qt: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  ts: 'video/mp2t',
  flv: 'video/x-flv',
  wmv: 'video/x-ms-wmv',
  '3gp': 'video/3gpp',
  '3g2': 'video/3gpp2',
  ogv: 'video/ogg',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  avif: 'image/avif',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
};

/** WebVTT, and SubRip under the name that it goes by, since nobody has registered one. */
export const captionTypes = ['text/vtt', 'application/x-subrip'] as const;
export type CaptionType = (typeof captionTypes)[number];

const MEDIA_TYPE = /^(?:(?:video|image)\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}|text\/vtt|application\/x-subrip)$/u;

export function isCaptionType(contentType: string): contentType is CaptionType {
  return captionTypes.some((type) => type === contentType);
}

/**
 * The type under which a video, a photo or a file of captions is stored: the declared one without parameters and in lower case, or, where the client
 * declares only "bytes", the one of the file's extension. Null: neither. What the file really is, inspection decides.
 */
export function mediaType(contentType: string, fileName: string): string | null {
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (MEDIA_TYPE.test(essence)) return essence;
  if (essence !== '' && essence !== 'application/octet-stream') return null;
  const extension = /\.([a-z0-9]+)$/u.exec(fileName.toLowerCase())?.[1] ?? '';
  return Object.hasOwn(TYPES, extension) ? (TYPES[extension] ?? null) : null;
}

/** The same for a file that has to be a video. */
export function videoType(contentType: string, fileName: string): string | null {
  const type = mediaType(contentType, fileName);
  return type?.startsWith('video/') ? type : null;
}
