import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { daily, inMinutes } from '../caps.ts';
import { documented, limitsOf, photoLimits, videoLimits } from '../limits.ts';
import { checkPhotos, checkVideo } from '../media-rules.ts';
import { containerOf, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';

/** What TikTok takes (media transfer guide, references of direct post and photo post). */
const LIMITS = {
  /** UTF-16 units. */
  captionMax: 2200,
  photosTitleMax: 90,
  photosDescriptionMax: 4000,
  /** Pixels. */
  sideMin: 360,
  sideMax: 4096,
  /** Pixels of a photo: 1080p, upright or not. */
  photoLongSideMax: 1920,
  photoShortSideMax: 1080,
} as const;

const VIDEO = {
  sizeMax: 4_000_000_000,
  containers: ['mp4', 'mov', 'webm'],
  videoCodecs: ['h264', 'hevc', 'vp8', 'vp9'],
  /** That of the app; the guide names none. */
  durationMin: 3,
  /** Some creators may post shorter ones only: TikTok is asked before each post. */
  durationMax: 600,
  frameRateMin: 23,
  frameRateMax: 60,
} as const;

const AUDIO_CODECS = ['aac'];

const PHOTOS = { countMax: 35, sizeMax: 20_000_000, formats: ['jpeg', 'webp'] } as const;

const PRIVACY = ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR', 'SELF_ONLY'] as const;

const VIDEO_GUIDE = documented('media transfer guide; what each creator may is asked for (creator_info)');
const PHOTO_REFERENCE = documented('photo post reference');
const SHARING = documented('content sharing guidelines; creator_info says when it is reached');

/** The limits of the rules, as data. */
export const limits = [
  ...videoLimits(VIDEO_GUIDE, VIDEO),
  ...videoLimits(VIDEO_GUIDE, { audioCodecs: AUDIO_CODECS }, 'MP4 and MOV'),
  ...limitsOf(['video'], VIDEO_GUIDE, {
    caption_max: [LIMITS.captionMax, 'characters'],
    width_min: [LIMITS.sideMin, 'pixels'],
    width_max: [LIMITS.sideMax, 'pixels'],
    height_min: [LIMITS.sideMin, 'pixels'],
    height_max: [LIMITS.sideMax, 'pixels'],
  }),
  ...photoLimits(PHOTO_REFERENCE, PHOTOS),
  ...limitsOf(['photos'], PHOTO_REFERENCE, {
    title_max: [LIMITS.photosTitleMax, 'characters'],
    description_max: [LIMITS.photosDescriptionMax, 'characters'],
    long_side_max: [LIMITS.photoLongSideMax, 'pixels'],
    short_side_max: [LIMITS.photoShortSideMax, 'pixels'],
  }),
];

/** How often may be posted; each creator has a number of its own, over all apps. */
export const caps = [
  daily('posts_per_day', 15, 'account', SHARING, { asked: true }),
  // Of an app that TikTok has not audited.
  daily('creators_per_day', 5, 'app', SHARING, { asked: true }),
  inMinutes(1, 'posts_per_minute', 6, 'account', documented('direct post reference')),
];

/** `options.tiktok`. */
export const optionsSchema = z
  .strictObject({
    privacyLevel: z
      .enum(PRIVACY)
      .optional()
      .describe(
        'Who can see the post. Demanded, here or as a default of the account; each creator has only some of the levels, and an app that TikTok has not audited only `SELF_ONLY`.',
      ),
    disableComment: off('Whether nobody can comment on the post.'),
    disableDuet: off('Whether nobody can make a duet with the video. Of no meaning for photos.'),
    disableStitch: off('Whether nobody can stitch the video. Of no meaning for photos.'),
    brandContentToggle: off('Whether the post is a paid partnership; needs `privacyLevel: "PUBLIC_TO_EVERYONE"`.'),
    brandOrganicToggle: off("Whether the post promotes the creator's own business."),
    isAigc: off('Marks the video as made by artificial intelligence. Not for photos.'),
    autoAddMusic: off('Whether TikTok puts music under the photos. Of no meaning for videos.'),
  })
  .meta({ description: 'Options for TikTok.' });

/** A switch that is off if it is left out. */
function off(description: string) {
  return z.boolean().optional().meta({ default: false, description });
}

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, with the account's defaults. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What TikTok would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('tiktok', subject);
  if (subject.kind === 'text') {
    book.refuse('supported', { field: 'accounts', problem: 'TikTok has no posts of text only', remedy: 'leave this account out' });
    return book.broken;
  }
  checkOptions(subject, book);
  if (subject.kind === 'video') {
    checkCaption(subject, book);
    // WebM cannot hold the sound that is named.
    checkVideo('TikTok', subject, book, { ...VIDEO, ...(containerOf(subject) !== 'webm' && { audioCodecs: AUDIO_CODECS }) });
    checkSides(subject, book);
  } else {
    checkPhotosText(subject, book);
    checkPhotos('TikTok', subject, book, PHOTOS);
    checkPhotoSides(subject, book);
  }
  return book.broken;
}

function checkOptions(subject: PreflightSubject, book: RuleBook): void {
  const before = book.broken.length;
  const options = optionsUnder(optionsSchema, subject, book, 'options.tiktok') ?? {};
  if (book.broken.length > before) return;
  if (options.privacyLevel === undefined) {
    book.refuse('privacy_level_required', {
      field: 'options.tiktok.privacyLevel',
      problem: 'TikTok demands to be told who can see the post',
      remedy: `give one of ${PRIVACY.join(', ')}, or set it as the account's default`,
    });
  }
  // Those of the creator, where TikTok has told them.
  book.oneOf('privacy_level', options.privacyLevel ?? null, PRIVACY, {
    field: 'options.tiktok.privacyLevel',
    problem: (value, limit) => `The post is for ${value}, and TikTok lets this creator choose among ${limit}`,
    remedy: 'choose one of these',
  });
  // "Needs a public level", of which there is one that is surely meant.
  if (options.brandContentToggle === true && options.privacyLevel !== undefined && options.privacyLevel !== 'PUBLIC_TO_EVERYONE') {
    book.refuse('brand_content_privacy', {
      field: 'options.tiktok.brandContentToggle',
      problem: `A paid partnership has to be public, and the post is ${options.privacyLevel}`,
      remedy: 'set privacyLevel to PUBLIC_TO_EVERYONE',
      value: options.privacyLevel,
      limit: 'PUBLIC_TO_EVERYONE',
    });
  }
  if (options.isAigc === true && subject.kind === 'photos') {
    book.refuse('ai_label', {
      field: 'options.tiktok.isAigc',
      problem: "TikTok's API has no label for photos that artificial intelligence made",
      remedy: 'post them in the app, or leave isAigc out and say it in the description',
    });
  }
}

function checkCaption(subject: PreflightSubject, book: RuleBook): void {
  const caption = captionOf(subject);
  book.atMost('caption_max', caption.length, LIMITS.captionMax, {
    field: caption === subject.title ? 'title' : 'description',
    problem: (value, limit) => `Title and description make a caption of ${value} characters (UTF-16 units), and TikTok takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
}

/** The sides of the picture. */
function checkSides({ facts }: PreflightSubject, book: RuleBook): void {
  for (const [name, adjective] of [
    ['width', 'wide'],
    ['height', 'high'],
  ] as const) {
    const side = facts?.[name] ?? null;
    book.atLeast(`${name}_min`, side, LIMITS.sideMin, {
      field: 'file',
      problem: (value, limit) => `The video is ${value} pixels ${adjective}, and TikTok takes none below ${limit}`,
      remedy: 'send a larger one',
      unit: 'pixels',
    });
    book.atMost(`${name}_max`, side, LIMITS.sideMax, {
      field: 'file',
      problem: (value, limit) => `The video is ${value} pixels ${adjective}, and TikTok takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
}

function checkPhotosText({ title, description }: PreflightSubject, book: RuleBook): void {
  book.atMost('title_max', title.length, LIMITS.photosTitleMax, {
    field: 'title',
    problem: (value, limit) => `The title has ${value} characters (UTF-16 units), and TikTok takes at most ${limit} over photos`,
    remedy: 'shorten it, or move some of it to the description',
    unit: 'characters',
  });
  book.atMost('description_max', (description ?? '').length, LIMITS.photosDescriptionMax, {
    field: 'description',
    problem: (value, limit) => `The description has ${value} characters (UTF-16 units), and TikTok takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
}

/** The sides of each photo. */
function checkPhotoSides({ files }: PreflightSubject, book: RuleBook): void {
  for (const [index, { image }] of files.entries()) {
    if (image === null) continue;
    const sides = { long: Math.max(image.width, image.height), short: Math.min(image.width, image.height) } as const;
    for (const [name, limit] of [
      ['long', LIMITS.photoLongSideMax],
      ['short', LIMITS.photoShortSideMax],
    ] as const) {
      book.atMost(`${name}_side_max`, sides[name], limit, {
        field: `media[${index}]`,
        problem: (value, most) => `The ${name}er side of photo ${index + 1} has ${value} pixels, and TikTok takes at most ${most}`,
        remedy: 'scale it down',
        unit: 'pixels',
      });
    }
  }
}
