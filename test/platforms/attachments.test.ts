import { describe, expect, it } from 'vitest';
import type { AttachedFile } from '../../core/ports/index.ts';
import { bluesky } from '../../platforms/bluesky/index.ts';
import { instagram } from '../../platforms/instagram/index.ts';
import { linkedin } from '../../platforms/linkedin/index.ts';
import { pinterest } from '../../platforms/pinterest/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { youtube } from '../../platforms/youtube/index.ts';
import { cover, english, french } from './support/attached.ts';
import { stage } from './support/stage.ts';
import { broken, expectEdge, type Changes } from './support/subjects.ts';
import { variants } from './support/variants.ts';

/** Which options name stored files, and what networks take of these. */

const picture = (change: Partial<AttachedFile> = {}): AttachedFile => ({
  mediaId: cover.mediaId,
  size: 500_000,
  contentType: 'image/jpeg',
  image: { format: 'jpeg', width: 1280, height: 720, animated: false },
  ...change,
});
const ofFormat = (format: 'png' | 'gif' | 'webp') => picture({ contentType: `image/${format}`, image: { format, width: 1280, height: 720, animated: false } });
const captions = (change: Partial<AttachedFile> = {}): AttachedFile => ({ mediaId: english.mediaId, size: 1_000, contentType: 'text/vtt', image: null, ...change });

const tracked = (...tracks: object[]) => ({ options: { captions: tracks.map((track) => ({ language: 'en', file: english.mediaId, ...track })) } });

interface Case {
  readonly platform: Platform;
  readonly options: object;
  readonly field: string;
  readonly check: string;
  readonly sizeMax: number;
  readonly formats: string;
  readonly others: readonly ('png' | 'gif' | 'webp')[];
}

const pictures: readonly Case[] = [
  { platform: youtube, options: { thumbnail: cover.mediaId }, field: 'options.youtube.thumbnail', check: 'thumbnail', sizeMax: 2_000_000, formats: 'jpeg, png, gif', others: ['webp'] },
  { platform: instagram, options: { cover: cover.mediaId }, field: 'options.instagram.cover', check: 'cover', sizeMax: 8_000_000, formats: 'jpeg', others: ['png'] },
  { platform: pinterest, options: { board: '1', cover: cover.mediaId }, field: 'options.pinterest.cover', check: 'cover', sizeMax: 10_000_000, formats: 'jpeg, png', others: ['gif', 'webp'] },
  { platform: linkedin, options: { thumbnail: cover.mediaId }, field: 'options.linkedin.thumbnail', check: 'thumbnail', sizeMax: 2_000_000, formats: 'jpeg, png', others: ['gif'] },
];

describe.each(pictures)('the picture that stands for a video on $platform.title', ({ platform, options, field, check, sizeMax, formats, others }) => {
  const subject = (file: AttachedFile): Changes => ({ options, attachments: [file] });

  it('is held to its size and its format', () => {
    const sizes = [1, sizeMax - 1, sizeMax].map((size) => subject(picture({ size })));
    expectEdge(platform, { rule: `${check}_size_max`, field, at: sizes, over: [subject(picture({ size: sizeMax + 1 }))], value: sizeMax + 1, limit: sizeMax });
    for (const format of others) {
      expectEdge(platform, { rule: `${check}_format`, field, at: [subject(picture())], over: [subject(ofFormat(format))], value: format, limit: formats });
    }
  });

  it('is named by the option, which is no default of an account', () => {
    expect(platform.attachments?.(options)).toEqual([{ path: check === 'cover' ? 'cover' : 'thumbnail', mediaId: cover.mediaId, takes: 'image' }]);
  });
});

describe('captions', () => {
  it('are held to what Bluesky takes of them', () => {
    const options = { captions: [{ lang: 'en', file: english.mediaId }] };
    const subject = (file: AttachedFile): Changes => ({ options, attachments: [file] });
    const field = 'options.bluesky.captions[0].file';
    const sizes = [19_999, 20_000].map((size) => subject(captions({ size })));
    expectEdge(bluesky, { rule: 'captions_size_max', field, at: sizes, over: [subject(captions({ size: 20_001 }))], value: 20_001, limit: 20_000 });
    const over = [subject(captions({ contentType: 'application/x-subrip' }))];
    expectEdge(bluesky, { rule: 'captions_format', field, at: [subject(captions())], over, value: 'application/x-subrip', limit: 'text/vtt' });
  });

  it('on YouTube are one file of a language and name', () => {
    const rule = { rule: 'captions_unique', field: 'options.youtube.captions[1]', value: null, limit: null };
    expectEdge(youtube, { ...rule, at: [tracked({}), tracked({}, { name: 'For children' }), tracked({}, { language: 'de' })], over: [tracked({}, { language: 'EN' })] });
  });

  it('are named one by one', () => {
    const files = [english, french].map(({ mediaId }) => mediaId);
    const refs = files.map((mediaId, index) => ({ path: `captions[${index}].file`, mediaId, takes: 'captions' }));
    expect(youtube.attachments?.({ captions: files.map((file) => ({ language: 'en', file })) })).toEqual(refs);
    expect(bluesky.attachments?.({ captions: files.map((file) => ({ lang: 'en', file })) })).toEqual(refs);
  });
});

describe.each(variants.filter(({ shown }) => shown !== undefined))('$platform.title, $what', ({ platform, options, shown }) => {
  it('shows what its options name, with the very bytes', async () => {
    const world = await stage(platform, options);
    expect(await world.run()).toMatchObject({ status: 'uploaded', warnings: [] });
    expect(await world.sandbox.posts(platform.network)).toMatchObject([shown ?? {}]);
  });

  it('shows it after a lost answer at each call, too', async () => {
    const quiet = await stage(platform, options);
    await quiet.run();
    for (const { index } of quiet.seen) {
      const world = await stage(platform, {
        ...options,
        weather: (call, { sandbox }) => {
          if (call.index === index) sandbox.addFault({ effect: 'drop_after', network: platform.network, operation: call.operation });
          return undefined;
        },
      });
      await world.run();
      expect(await world.sandbox.posts(platform.network), `call ${index}`).toMatchObject([shown ?? {}]);
    }
  });
});

describe.each(platforms)('the files that options of $title name', (platform) => {
  it('are none where there are no options, or none that can be read', () => {
    for (const options of [undefined, null, {}, 'options', { cover: 5, thumbnail: 'one.jpg', captions: [null] }]) expect(platform.attachments?.(options) ?? []).toEqual([]);
  });

  it('are not asked for what was said of them already: one that is missing breaks no rule', () => {
    for (const options of [{ cover: cover.mediaId }, { thumbnail: cover.mediaId }, { captions: [{ lang: 'en', file: english.mediaId }] }]) {
      expect(broken(platform, { options, attachments: [] }).filter((rule) => /cover|thumbnail|captions/u.test(rule))).toEqual([]);
    }
  });
});
