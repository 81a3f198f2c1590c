import { describe, expect, it } from 'vitest';
import type { AttachedFile } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { cover, english } from './support/attached.ts';
import { subjectOf, type Changes, type Photo } from './support/subjects.ts';

/** What is shown of the rules (`Platform.limits`) and what they say when they are broken, held against each other. */

const LARGE = 10 ** 15;

const long = 'x'.repeat(65_000);
const texts = [
  { title: '', description: long },
  { title: long },
  { title: '🎬'.repeat(60_000) },
  { description: `${'#tag '.repeat(60)} ${'@name '.repeat(60)} ${'https://example.com/a '.repeat(60)}` },
];

const videos: readonly Changes[] = [
  { size: LARGE, facts: { duration: 1e6, frameRate: 1000 } },
  { size: LARGE, facts: { duration: 1, frameRate: 1000 } },
  { size: 1, facts: { duration: 0.001, frameRate: 1 } },
  { size: LARGE, facts: { width: 1, height: 1 } },
  ...[
    { width: 100_000, height: 100_000 },
    { width: 100_000, height: 1 },
    { width: 1, height: 100_000 },
    { width: 1, height: 10 },
  ].map((facts) => ({ facts })),
  ...['webm', 'mp4', 'ts'].map((container) => ({ facts: { container, videoCodec: 'theora', audioCodec: 'vorbis' } })),
];

const image = { format: 'jpeg', width: 100_000, height: 100_000, animated: false } as const;
const photos: readonly Photo[] = [
  { size: LARGE, image },
  { size: LARGE, image: { ...image, format: 'gif', animated: true } },
  { contentType: 'image/x-tga', image: null },
  { image: { ...image, width: 1 } },
  { image: { ...image, height: 1 } },
];

/** Uploads that break every limit that any network has; videos both upright and not. */
const subjects: readonly Changes[] = [
  ...texts.flatMap((said) => [said, { ...said, kind: 'photos' }, { ...said, kind: 'text' }] as const),
  ...videos.flatMap((video) => [video, { ...video, facts: { width: 1920, height: 1080, ...video.facts } }]),
  { kind: 'photos', photos: Array.from({ length: 100 }, () => photos).flat() },
];

/** Limits on options that no upload breaks without them. */
const options: Readonly<Record<string, unknown>> = {
  youtube: { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en', tags: [long], thumbnail: cover.mediaId },
  instagram: { cover: cover.mediaId },
  pinterest: { board: '1', cover: cover.mediaId },
  linkedin: { thumbnail: cover.mediaId },
  bluesky: { captions: [{ lang: 'en', file: english.mediaId }] },
};

/** Files that options name, each wrong in every way. */
const attachments: readonly AttachedFile[] = [
  { mediaId: cover.mediaId, size: LARGE, contentType: 'image/avif', image: { ...image, format: 'avif' } },
  { mediaId: english.mediaId, size: LARGE, contentType: 'application/x-subrip', image: null },
];

/** Uploads whose post is to be followed, where the network knows of that. */
function following({ kinds, optionsSchema }: Platform): readonly Changes[] {
  const description = long.slice(0, 5000);
  const asked = [{ firstComment: description }, { thread: true }].filter((some) => Object.keys(some).every((name) => name in optionsSchema.shape));
  return kinds.flatMap((kind) => asked.map((some) => ({ kind, description, options: some })));
}

/** Limits that are those of the upload itself: as many descriptions as files, a GIF and nothing beside it. */
const OF_THE_UPLOAD = /\.(?:alt_texts_max|gif_alone)$/u;

/** What the rules say: rule, limit and unit. */
function told(platform: Platform): ReadonlySet<string> {
  const all = [...subjects.flatMap((changes) => [changes, { ...changes, attachments, options: options[platform.network] }]), ...following(platform)]
    .flatMap((changes) => platform.violations(subjectOf(changes)))
    .filter(({ code, limit, unit }) => !OF_THE_UPLOAD.test(code) && (typeof limit === 'number' || (unit === null && /(?:\.container|_codec|[._]format)$/u.test(code))));
  return new Set(all.map(({ code, limit, unit }) => `${code}: ${limit} ${unit}`));
}

function shown({ network, limits }: Platform): ReadonlySet<string> {
  return new Set(limits.map(({ kind, check, limit, unit }) => `${network}.${kind}.${check}: ${typeof limit === 'number' ? limit : limit.join(', ')} ${unit}`));
}

describe.each(platforms.map((platform) => [platform.network, platform] as const))('the limits of %s', (_, platform) => {
  it('are those that its rules apply, all of them and no others', () => {
    expect([...shown(platform)].toSorted()).toEqual([...told(platform)].toSorted());
  });

  it('are of the kinds that it takes, and each is said once', () => {
    expect([...new Set(platform.limits.map(({ kind }) => kind))].toSorted()).toEqual([...platform.kinds].toSorted());
    const said = platform.limits.map(({ kind, check, only }) => `${kind}.${check} ${only}`);
    expect(said).toEqual([...new Set(said)]);
  });
});
