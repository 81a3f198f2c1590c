import { describe, expect, it } from 'vitest';
import { instagram } from '../../../platforms/instagram/index.ts';
import { operations, stage, when, type Effect } from '../support/stage.ts';
import { answer, formOf, scriptedTools, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const [one] = workOf(1000).upload.media;
const photo = (n: number) => ({ ...one, mediaId: `med_${n}`, objectKey: `in/${n}.jpg`, fileName: `${n}.jpg`, size: 1000, contentType: 'image/jpeg', sha256: null, facts: null, image: null, inspectedAt: null });
const work = (photos: number, more: Parameters<typeof workOf>[1] = {}) =>
  workOf(1000, { ...more, upload: { kind: 'photos', media: Array.from({ length: photos }, (_, n) => photo(n + 1)) } });

const limit = answer(200, { data: [{ quota_usage: 3, config: { quota_total: 50 } }] });
const made = (id: string) => answer(200, { id });
const says = (code: string) => answer(200, { status_code: code });
const signGet = (media: { objectKey: string }) => Promise.resolve(`https://media.test/${media.objectKey}`);
const nothing = { children: [], finished: 0, container: null, polls: 0, failed: {} };

describe('a single photo', () => {
  it('is one container, which names no media type', async () => {
    const tools = scriptedTools([limit, made('1')], { signGet });
    const options = { altTexts: ['A pier'], collaborators: ['ada'], locationId: '7', shareToFeed: false };
    expect(await instagram.transfer(work(1, { options }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    expect(formOf(tools.requests[1])).toEqual({
      image_url: 'https://media.test/in/1.jpg',
      caption: 'A title\n\nWhat it is about',
      alt_text: 'A pier',
      collaborators: '["ada"]',
      location_id: '7',
    });
    expect(tools.checkpoints).toEqual([{ ...nothing, container: '1' }]);
  });
});

describe('several photos', () => {
  it('are a container each, without the caption, and noted one by one', async () => {
    const tools = scriptedTools([limit, made('1'), made('2')], { signGet });
    expect(await instagram.transfer(work(2, { options: { altTexts: ['A pier'] } }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    expect(tools.requests.slice(1).map(formOf)).toEqual([
      { image_url: 'https://media.test/in/1.jpg', is_carousel_item: 'true', alt_text: 'A pier' },
      { image_url: 'https://media.test/in/2.jpg', is_carousel_item: 'true' },
    ]);
    expect(tools.checkpoints).toEqual([{ ...nothing, children: ['1'] }, { ...nothing, children: ['1', '2'] }]);
  });

  it('that are some of them made already are not made again', async () => {
    const tools = scriptedTools([made('3')], { signGet });
    await instagram.transfer(work(3, { checkpoint: { ...nothing, children: ['1', '2'] } }), tools);
    expect(formOf(tools.requests[0])).toMatchObject({ image_url: 'https://media.test/in/3.jpg' });
    expect(tools.checkpoints).toEqual([{ ...nothing, children: ['1', '2', '3'] }]);
  });

  it('are put together in their order when all are finished', async () => {
    const tools = scriptedTools([says('FINISHED'), says('FINISHED'), made('9')]);
    expect(await instagram.transfer(work(2, { checkpoint: { ...nothing, children: ['2', '1'] } }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    expect(formOf(tools.requests[2])).toEqual({ media_type: 'CAROUSEL', children: '2,1', caption: 'A title\n\nWhat it is about' });
    expect(tools.checkpoints.at(-1)).toEqual({ ...nothing, children: ['2', '1'], finished: 2, container: '9' });
  });

  it('are waited for one after the other', async () => {
    const tools = scriptedTools([says('FINISHED'), says('IN_PROGRESS')]);
    expect(await instagram.transfer(work(2, { checkpoint: { ...nothing, children: ['1', '2'], polls: 4 } }), tools)).toEqual({ kind: 'again', afterSeconds: 60 });
    expect(tools.checkpoints.at(-1)).toEqual({ ...nothing, children: ['1', '2'], finished: 1, polls: 1 });
  });

  it('go on in the next step when the time of this one is over', async () => {
    let left = 2;
    const tools = scriptedTools([limit, made('1'), made('2')], { signGet, hasTime: () => (left -= 1) >= 0 });
    expect(await instagram.transfer(work(3), tools)).toEqual({ kind: 'again', afterSeconds: 0 });
    expect(tools.checkpoints.at(-1)).toEqual({ ...nothing, children: ['1', '2'] });
  });

  it('stay as they are when the carousel is refused for a while', async () => {
    const tools = scriptedTools([answer(400, graph(400, { code: 2, is_transient: true }).body)]);
    const checkpoint = { ...nothing, children: ['1', '2'], finished: 2 };
    expect(await instagram.transfer(work(2, { checkpoint }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.checkpoints).toEqual([]);
  });

  it('are all made anew when one of them comes to nothing, and not for ever', async () => {
    const failed: Effect = { effect: 'refuse', status: 200, body: { status_code: 'ERROR', status: 'Error: 2207003' } };
    for (const times of [1, 4]) {
      const reads = Array.from({ length: times }, (_, n) => n + 1);
      const world = await stage(instagram, { kind: 'photos', processingSeconds: 1, ...when(instagram, 'container.read', reads, () => failed) });
      expect(await world.run()).toMatchObject(times === 1 ? { status: 'uploaded' } : { status: 'failed', error: { code: 'platform_unavailable' } });
      expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(times === 1 ? 2 + 3 : 4 * 2);
    }
  });

  it('are refused at once where a picture itself is', async () => {
    const failed: Effect = { effect: 'refuse', status: 200, body: { status_code: 'ERROR', status: 'Error: 2207009' } };
    const world = await stage(instagram, { kind: 'photos', ...when(instagram, 'container.read', [1], () => failed) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: '2207009' } });
  });
});
