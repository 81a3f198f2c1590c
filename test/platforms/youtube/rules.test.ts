import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { youtube } from '../../../platforms/youtube/index.ts';
import { optionsSchema, tagsLength } from '../../../platforms/youtube/rules.ts';
import { broken, expectEdge, subjectOf, type Edge } from '../support/subjects.ts';

const LANGUAGES = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' };
const tagged = (...tags: string[]) => ({ options: { ...LANGUAGES, tags } });
const x = (length: number): string => 'x'.repeat(length);

const rules = (options: unknown) => broken(youtube, { options });

function faults(options: unknown): readonly string[] {
  return optionsSchema.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

const edges: readonly Edge[] = [
  { rule: 'title_max', field: 'title', at: [{ title: x(99) }, { title: x(100) }, { title: '🎬'.repeat(100) }], over: [{ title: x(101) }], value: 101, limit: 100 },
  { rule: 'title_required', field: 'title', at: [{ title: ' a ' }], over: [{ title: ' \n ' }], value: null, limit: null },
  { rule: 'title_characters', field: 'title', at: [{ title: '≤ ≥ & "' }], over: [{ title: 'a < b' }, { title: 'a > b' }], value: null, limit: '< >' },
  {
    rule: 'description_max',
    field: 'description',
    at: [{ description: null }, { description: x(4999) }, { description: x(5000) }, { description: 'é'.repeat(2500) }],
    over: [{ description: x(5001) }, { description: `${'é'.repeat(2500)}x` }],
    value: 5001,
    limit: 5000,
  },
  { rule: 'description_characters', field: 'description', at: [{ description: '&lt;' }], over: [{ description: '<b>' }], value: null, limit: '< >' },
  { rule: 'tags_characters', field: 'options.youtube.tags', at: [tagged('a&b')], over: [tagged('fine', 'a<b')], value: null, limit: '< >' },
  {
    rule: 'tags_max',
    field: 'options.youtube.tags',
    // A comma between two tags counts, and so do the quotes around one with a space.
    at: [tagged(x(499)), tagged(x(500)), tagged(x(249), x(250)), tagged(`a ${x(496)}`)],
    over: [tagged(x(501)), tagged(x(250), x(250)), tagged(`a ${x(497)}`)],
    value: 501,
    limit: 500,
  },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 255_999_999_999 }, { size: 256_000_000_000 }], over: [{ size: 256_000_000_001 }], value: 256_000_000_001, limit: 256_000_000_000 },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 1 } }, { facts: { duration: 1.001 } }], over: [{ facts: { duration: 0.999 } }], value: 0.999, limit: 1 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 43_199.9 } }, { facts: { duration: 43_200 } }], over: [{ facts: { duration: 43_200.1 } }], value: 43_200.1, limit: 43_200 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 59.94 } }, { facts: { frameRate: 60.004 } }, { facts: { frameRate: null } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'width_max', field: 'file', at: [{ facts: { width: 7679 } }, { facts: { width: 7680 } }], over: [{ facts: { width: 7681 } }], value: 7681, limit: 7680 },
  { rule: 'height_max', field: 'file', at: [{ facts: { height: 7679 } }, { facts: { height: 7680 } }], over: [{ facts: { height: 7681 } }], value: 7681, limit: 7680 },
];

const CONTAINERS = 'mp4, mov, webm, mkv, avi, mpeg, flv, 3gp';

describe('what YouTube takes', () => {
  it.each(edges)('$rule', (edge) => expectEdge(youtube, edge));

  it('is told by the type of the file before it is measured, and by its content afterwards', () => {
    for (const contentType of ['video/mp4', 'video/x-m4v', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-msvideo', 'video/mpeg', 'video/x-flv', 'video/3gpp', 'video/3gpp2']) {
      expect(broken(youtube, { contentType, facts: null }), contentType).toEqual([]);
    }
    const edge = { rule: 'container', field: 'contentType', at: [{ contentType: 'video/ogg', facts: { container: 'mov' } }], limit: CONTAINERS };
    expectEdge(youtube, { ...edge, over: [{ contentType: 'video/ogg', facts: null }], value: 'video/ogg' });
    expectEdge(youtube, { ...edge, over: [{ facts: { container: 'ts' } }], value: 'ts' });
  });

  it('is any codec', () => {
    expect(broken(youtube, { facts: { videoCodec: 'prores', audioCodec: 'pcm' } })).toEqual([]);
  });

  it('is held against the limit that YouTube told for this account, where it told one', () => {
    const limits = { 'video.duration_max': 900 };
    expect(broken(youtube, { limits, facts: { duration: 900 } })).toEqual([]);
    expect(youtube.violations(subjectOf({ limits, facts: { duration: 901 } }))).toMatchObject([{ code: 'youtube.video.duration_max', value: 901, limit: 900 }]);
  });

  it('is videos only', () => {
    expect(broken(youtube, { kind: 'photos', facts: null })).toEqual(['youtube.photos.supported']);
    expect(broken(youtube, { kind: 'text', facts: null })).toEqual(['youtube.text.supported']);
  });

  it('is judged as a whole: everything that is wrong is said at once', () => {
    expect(broken(youtube, { title: `<${x(200)}`, facts: { duration: 0.1 }, options: { colour: 'red' } })).toEqual([
      'youtube.video.options',
      'youtube.video.title_max',
      'youtube.video.title_characters',
      'youtube.video.duration_min',
    ]);
  });
});

describe("YouTube's options", () => {
  it('may be left out, also all of them', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ tags: undefined })).toEqual([]);
  });

  it('need category and both languages as soon as one of them is given', () => {
    const [category, language, spoken] = ['youtube.video.category_id_required', 'youtube.video.default_language_required', 'youtube.video.default_audio_language_required'];
    expect(rules({ privacyStatus: 'private' })).toEqual([category, language, spoken]);
    expect(rules({ categoryId: '22', defaultLanguage: 'en' })).toEqual([spoken]);
    expect(rules({ ...LANGUAGES, privacyStatus: 'private' })).toEqual([]);
    expect(rules({ tags: undefined })).toEqual([]);
    expect(youtube.violations(subjectOf({ options: { categoryId: '22', defaultLanguage: 'en' } }))).toMatchObject([
      { field: 'options.youtube.defaultAudioLanguage', remedy: "Give it, or set it as the account's default." },
    ]);
  });

  it('take every field of the page, and no other', () => {
    const all = {
      ...LANGUAGES,
      defaultLanguage: 'zh-Hant-TW',
      privacyStatus: 'private',
      tags: ['a', 'b c'],
      madeForKids: false,
      containsSyntheticMedia: true,
      license: 'creativeCommon',
      embeddable: false,
      publishAt: '2027-03-01T09:30:00+01:00',
      notifySubscribers: false,
    };
    expect(faults(all)).toEqual([]);
    for (const name of Object.keys(all)) expect(faults({ ...all, [name]: { not: 'this' } }), name).not.toEqual([]);
    expect(faults({ ...all, colour: 'red' })).not.toEqual([]);
  });

  it('have a time to be public at only with a private video', () => {
    const publishAt = '2027-03-01T09:30:00Z';
    const edge = { rule: 'publish_at', field: 'options.youtube.publishAt', limit: 'private' };
    const at = [{ options: { ...LANGUAGES, publishAt, privacyStatus: 'private' } }];
    expectEdge(youtube, { ...edge, at, over: [{ options: { ...LANGUAGES, publishAt } }], value: 'public' });
    expectEdge(youtube, { ...edge, at, over: [{ options: { ...LANGUAGES, publishAt, privacyStatus: 'unlisted' } }], value: 'unlisted' });
    expect(faults({ ...LANGUAGES, publishAt: '2027-03-01T09:30:00', privacyStatus: 'private' })).toHaveLength(1);
  });

  it('have a first comment, without any other option, under a video that has comments', () => {
    const edge = { rule: 'first_comment', field: 'options.youtube.firstComment', limit: null };
    const firstComment = 'More of it';
    const at = [{ options: { firstComment } }, { options: { ...LANGUAGES, firstComment, privacyStatus: 'unlisted', madeForKids: false } }];
    expectEdge(youtube, { ...edge, at, over: [{ options: { ...LANGUAGES, firstComment, privacyStatus: 'private' } }], value: 'is private' });
    expectEdge(youtube, { ...edge, at, over: [{ options: { ...LANGUAGES, firstComment, madeForKids: true } }], value: 'is made for children' });
    expect(faults({ ...LANGUAGES, madeForKids: true, privacyStatus: 'private' })).toEqual([]);
  });

  it.each(['e', 'english!', 'en_US', '', 'en-'])('know no language %j', (defaultLanguage) => {
    expect(faults({ ...LANGUAGES, defaultLanguage })).toHaveLength(1);
  });

  it('count tags as the list in which YouTube keeps them', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]+( [a-z]+)?$/u), { maxLength: 20 }), (tags) => {
        const asList = tags.map((tag) => (tag.includes(' ') ? `"${tag}"` : tag)).join(',');
        expect(tagsLength(tags)).toBe(asList.length);
      }),
    );
  });
});
