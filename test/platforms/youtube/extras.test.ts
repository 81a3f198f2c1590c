import { describe, expect, it } from 'vitest';
import { youtube } from '../../../platforms/youtube/index.ts';
import { SCOPES } from '../../../sandbox/youtube/accounts.ts';
import { cover, english, german, sha256 } from '../support/attached.ts';
import { operations, stage, when, type Stage, type StageOptions } from '../support/stage.ts';
import { google } from '../support/words.ts';

/** What a video gets once it is there: what goes wrong with it is a warning, and the post is not touched. */

const captions = [
  { language: 'en', file: english.mediaId },
  { language: 'de', name: 'Untertitel', file: german.mediaId },
];
const extras: StageOptions = { attached: [cover, english, german], upload: { options: { youtube: { thumbnail: cover.mediaId, captions } } } };

const shown = async ({ sandbox }: Stage) => {
  const [post, ...more] = await sandbox.posts('youtube');
  expect(more).toEqual([]);
  return { cover: post?.coverSha256, captions: post?.captions?.map(({ language }) => language) ?? [] };
};
const ALL = { cover: sha256(cover.bytes), captions: ['en', 'de'] };
const count = (world: Stage, operation: string): number => operations(world).filter((each) => each === operation).length;

const unavailable = () => ({ effect: 'refuse', ...google(503, 'backendError') }) as const;
const exists = () => ({ effect: 'refuse', ...google(409, 'captionExists') }) as const;

describe('the thumbnail', () => {
  it('of a channel that is not verified is left out with a warning that says what to do, and the captions are there', async () => {
    const world = await stage(youtube, { ...extras, verified: false });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringMatching(/without its thumbnail.*verified by phone.*YouTube Studio/u)] });
    expect(await shown(world)).toEqual({ ...ALL, cover: undefined });
    expect(count(world, 'thumbnails.set')).toBe(1);
  });

  it('that cannot be read is left out with a warning', async () => {
    const broken = { ...cover, bytes: Buffer.concat([cover.bytes.subarray(0, 4), Buffer.alloc(1000)]) };
    const world = await stage(youtube, { ...extras, attached: [broken, english, german] });
    expect(await world.run()).toMatchObject({ status: 'uploaded', warnings: [expect.stringContaining('without its thumbnail')] });
    expect(await shown(world)).toEqual({ ...ALL, cover: undefined });
  });

  it('is tried again after a pause while YouTube has a problem of its own, and given up after the third time', async () => {
    const passing = await stage(youtube, { ...extras, ...when(youtube, 'thumbnails.set', [1, 2], unavailable) });
    expect(await passing.run()).toMatchObject({ status: 'uploaded', warnings: [] });
    expect(await shown(passing)).toEqual(ALL);
    const lasting = await stage(youtube, { ...extras, ...when(youtube, 'thumbnails.set', 'always', unavailable) });
    expect(await lasting.run()).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringMatching(/without its thumbnail: YouTube had a problem/u)] });
    expect(count(lasting, 'thumbnails.set')).toBe(3);
    expect(await shown(lasting)).toEqual({ ...ALL, cover: undefined });
  });
});

describe('captions', () => {
  it('of an account that was linked without the scope for them are left out with a warning', async () => {
    const world = await stage(youtube, { ...extras, scopes: [SCOPES.upload, SCOPES.readonly] });
    const { warnings, status } = await world.run();
    expect(status).toBe('uploaded');
    expect(warnings).toEqual([expect.stringMatching(/without captions in en: .*Reconnect/u), expect.stringMatching(/without captions in de \(Untertitel\): .*Reconnect/u)]);
    expect(await shown(world)).toEqual({ ...ALL, captions: [] });
  });

  it('are added once, though the answer to the first is lost', async () => {
    const world = await stage(youtube, { ...extras, ...when(youtube, 'captions.insert', [1], () => ({ effect: 'drop_after' })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', warnings: [] });
    expect(await shown(world)).toEqual(ALL);
    expect(count(world, 'captions.insert')).toBe(2);
  });

  it('that somebody else added in between are there, and no warning', async () => {
    const world = await stage(youtube, { ...extras, ...when(youtube, 'captions.insert', [1], exists) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', warnings: [] });
  });

  it('beyond the quota of the project are left out at once with a warning, as many as do not fit', async () => {
    // What comes before: a thumbnail, a look at the captions, the first file, and another look.
    const world = await stage(youtube, { ...extras, caps: { youtube: { units: 50 + 50 + 400 + 50 } } });
    const { warnings } = await world.run();
    expect(warnings[0]).toMatch(/without captions in de \(Untertitel\): this installation has used up its quota for today/u);
    expect(await shown(world)).toEqual({ ...ALL, captions: ['en'] });
  });
});

describe('a worker that dies between two of them', () => {
  it('leaves the rest to the next one, which does not begin anew', async () => {
    let died = false;
    const world = await stage(youtube, {
      ...extras,
      mishap: ({ name }, sent) => {
        const inserted = operations(world).filter((operation) => operation === 'captions.insert').length;
        if (died || inserted !== 1 || name !== 'transport.send' || sent === 0) return undefined;
        died = true;
        return 'die_before';
      },
    });
    expect(await world.run()).toMatchObject({ status: 'uploaded', decorated: true, warnings: [] });
    expect(died).toBe(true);
    expect(await shown(world)).toEqual(ALL);
    expect([count(world, 'thumbnails.set'), count(world, 'captions.insert')]).toEqual([1, 2]);
  });
});
