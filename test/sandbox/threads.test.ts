import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpRequest } from '../../core/ports/index.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Fetched, LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';
import { clip, DAY, file, idOf, parsed, refusal } from './instagram-by-hand.ts';
import { makeJpeg, makePng } from './make-image.ts';
import { makeMp4, type Mp4 } from './make-mp4.ts';

const BASE = 'http://sandbox.test';
const GRAPH = `${BASE}/threads/graph`;
const VIDEO_URL = 'https://media.test/clip.mp4?X-Amz-Signature=1';
const PHOTO_URL = 'https://media.test/one.jpg?X-Amz-Signature=1';
const photo = makeJpeg({ width: 1080, height: 1350 });
const NOT_FOUND = [400, 24, 4_279_009];

const authorization = (as: LinkedAccount) => ({ authorization: `Bearer ${as.accessToken}` });

/** A Threads stand-in with one account, and requests to it made by hand. `files` lie on the web, by URL. */
function threadsByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const files = new Map<string, Fetched>([
    [VIDEO_URL, file(clip)],
    [PHOTO_URL, file(photo, 'image/jpeg')],
  ]);
  const fetch = (url: string) => {
    const found = files.get(url);
    return found === undefined ? Promise.reject(new Error('connection refused')) : Promise.resolve(found);
  };
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, fetch, ...options });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('threads', { name: 'Ada' });
  const send = async (request: HttpRequest) => answered(await transport.send(request));
  const get = (path: string, as: LinkedAccount = account) => send({ method: 'GET', url: `${GRAPH}/v1.0/${path}`, headers: authorization(as) });
  const post = (edge: string, fields: Readonly<Record<string, string>>, as: LinkedAccount = account) =>
    send({
      method: 'POST',
      url: `${GRAPH}/v1.0/${as.externalId}/${edge}`,
      headers: { ...authorization(as), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  const create = (fields: Readonly<Record<string, string>>, as?: LinkedAccount) => post('threads', fields, as);
  const publish = (creationId: string, as?: LinkedAccount) => post('threads_publish', { creation_id: creationId }, as);
  const status = async (id: string) => z.object({ status: z.string(), error_message: z.string().optional() }).parse(parsed(await get(`${id}?fields=status,error_message`)));
  return { clock, files, sandbox, account, send, get, create, publish, status };
}

const TEXT = { media_type: 'TEXT', text: 'Seen & heard' };
const PHOTO = { media_type: 'IMAGE', image_url: PHOTO_URL };
const VIDEO = { media_type: 'VIDEO', video_url: VIDEO_URL };

describe('making a container of Threads', () => {
  it.each([
    ['a text', { ...TEXT, reply_control: 'accounts_you_follow', topic_tag: 'Sea life', link_attachment: 'https://a.test/' }],
    ['a photo', { ...PHOTO, text: 'Seen', alt_text: 'A pier', reply_control: 'everyone', topic_tag: 'Sea' }],
    ['a video', { ...VIDEO, text: 'Seen', alt_text: 'A pier', reply_control: 'mentioned_only' }],
    ['a video without a text', VIDEO],
    ['a text of 500 characters', { ...TEXT, text: 'é'.repeat(500) }],
    ['a text of 125 emoji', { ...TEXT, text: '🎬'.repeat(125) }],
    ['a text of 5 links', { ...TEXT, text: 'https://a.test '.repeat(5) }],
  ])('takes %s and shows nothing', async (_what, fields) => {
    const { create, sandbox } = threadsByHand();
    expect(idOf(await create(fields))).toMatch(/^17\d{15}$/);
    expect(await sandbox.posts('threads')).toEqual([]);
  });

  it.each([
    ['no media type', { text: 'x' }, [400, 100]],
    ['another media type', { ...TEXT, media_type: 'REELS' }, [400, 100]],
    ['a text without text', { media_type: 'TEXT', text: ' ' }, [400, 100]],
    ['a text that publishes itself', { ...TEXT, auto_publish_text: 'true' }, [400, 100]],
    ['a text with a file', { ...TEXT, image_url: PHOTO_URL }, [400, 100]],
    ['a link under a photo', { ...PHOTO, link_attachment: 'https://a.test/' }, [400, 100]],
    ['a video without its address', { media_type: 'VIDEO' }, [400, 100]],
    ['a photo that is no URL', { ...PHOTO, image_url: 'one.jpg' }, [400, 9004, 2_207_052]],
    ['501 characters', { ...TEXT, text: 'x'.repeat(501) }, [400, 100]],
    ['125 emoji and a letter', { ...TEXT, text: `${'🎬'.repeat(125)}x` }, [400, 100]],
    ['28 families of 18 bytes', { ...TEXT, text: '👨‍👩‍👧'.repeat(28) }, [400, 100]],
    ['6 links', { ...TEXT, text: 'https://a.test '.repeat(6) }, [400, 100]],
    ['5 links and a card', { ...TEXT, text: 'https://a.test '.repeat(5), link_attachment: 'https://a.test/' }, [400, 100]],
    ['an unknown reply control', { ...TEXT, reply_control: 'nobody' }, [400, 100]],
    ['a topic with a full stop', { ...TEXT, topic_tag: 'a.b' }, [400, 100]],
    ['a text on an item of a carousel', { ...PHOTO, is_carousel_item: 'true', text: 'x' }, [400, 100]],
    ['a caption, which is Instagram’s word', { ...PHOTO, caption: 'x' }, [400, 100]],
  ])('refuses %s', async (_what, fields, expected) => {
    const { create } = threadsByHand();
    expect(refusal(await create(fields))).toEqual(expected);
  });
});

describe('processing a container of Threads', () => {
  it('takes its time for a file, and none for a text', async () => {
    const { create, status, clock } = threadsByHand();
    const [text, video] = [idOf(await create(TEXT)), idOf(await create(VIDEO))];
    expect(await status(text)).toEqual({ status: 'FINISHED' });
    expect(await status(video)).toEqual({ status: 'IN_PROGRESS' });
    clock.advance(60);
    expect(await status(video)).toEqual({ status: 'FINISHED' });
    clock.advance(DAY);
    expect(await status(text)).toEqual({ status: 'EXPIRED' });
  });

  const videos: readonly [string, Mp4, string | null][] = [
    ['of 5 min', { duration: 300 }, null],
    ['above 5 min', { duration: 300.1 }, 'INVALID_DURATION'],
    ['above 10:1', { width: 1001, height: 100 }, 'INVALID_ASPEC_RATIO'],
    ['wider than 1920 px', { width: 1921, height: 1080 }, 'FAILED_PROCESSING_VIDEO'],
    ['of 61 frames a second', { frameRate: 61 }, 'INVALID_FRAME_RATE'],
    ['above 100 Mbit/s', { duration: 1, size: 12_500_001 }, 'INVALID_BIT_RATE'],
    ['of 100 Mbit/s', { duration: 1, size: 12_500_000 }, null],
    ['in VP9', { codec: 'vp09' }, 'FAILED_PROCESSING_VIDEO'],
    ['with 3 channels', { audio: { channels: 3 } }, 'INVALID_AUDIO_CHANNELS'],
    ['with sound that is no AAC', { audio: { codec: 'Opus' } }, 'FAILED_PROCESSING_AUDIO'],
  ];

  it.each(videos)('judges the real file: a video %s', async (_what, of, word) => {
    const { create, status, clock, files } = threadsByHand();
    files.set(VIDEO_URL, file(makeMp4(of)));
    const id = idOf(await create(VIDEO));
    clock.advance(60);
    expect(await status(id)).toEqual(word === null ? { status: 'FINISHED' } : { status: 'ERROR', error_message: word });
  });

  it.each([
    ['a PNG of 10:1', file(makePng({ width: 1000, height: 100 }), 'image/png'), true],
    ['a picture above 10:1', file(makeJpeg({ width: 1001, height: 100 }), 'image/jpeg'), false],
    ['a picture above 8 MB', file(makeJpeg({ width: 1000, height: 1000, size: 8_000_001 }), 'image/jpeg'), false],
    ['a GIF', file(Buffer.from('GIF89a'), 'image/gif'), false],
    ['nothing there', file(photo, 'image/jpeg', 404), false],
  ])('judges the real file: %s', async (_what, found, fine) => {
    const { create, status, clock, files } = threadsByHand();
    files.set(PHOTO_URL, found);
    const id = idOf(await create(PHOTO));
    clock.advance(60);
    expect(await status(id)).toEqual(fine ? { status: 'FINISHED' } : { status: 'ERROR', error_message: 'UNKNOWN' });
  });

  it('fails where the video cannot be fetched', async () => {
    const { create, status, clock } = threadsByHand();
    const id = idOf(await create({ ...VIDEO, video_url: 'https://media.test/nothing.mp4' }));
    clock.advance(60);
    expect(await status(id)).toEqual({ status: 'ERROR', error_message: 'FAILED_DOWNLOADING_VIDEO' });
  });
});

describe('publishing to Threads', () => {
  it('makes one post, once, and says so of the container', async () => {
    const { create, publish, status, sandbox, account, get } = threadsByHand();
    const container = idOf(await create(TEXT));
    const id = idOf(await publish(container));
    expect(refusal(await publish(container))).toEqual(NOT_FOUND);
    expect(await status(container)).toEqual({ status: 'PUBLISHED' });
    expect(await sandbox.posts('threads')).toEqual([
      { id, accountId: account.externalId, kind: 'text', title: null, text: 'Seen & heard', mediaSha256: [], createdAt: '2026-11-21T12:00:00Z' },
    ]);
    expect(parsed(await get(`${id}?fields=text,permalink,media_type`))).toEqual({ id, text: 'Seen & heard', media_type: 'TEXT_POST', permalink: expect.stringMatching(/^https:\/\/www\.threads\.net\/@ada\/post\//) });
  });

  it('makes a carousel of photos and videos in the order named', async () => {
    const { create, publish, sandbox, clock } = threadsByHand();
    const items = [idOf(await create({ ...VIDEO, is_carousel_item: 'true' })), idOf(await create({ ...PHOTO, is_carousel_item: 'true' }))];
    const carousel = { media_type: 'CAROUSEL', children: items.join(','), text: 'Both' };
    expect(refusal(await create(carousel))).toEqual(NOT_FOUND);
    clock.advance(60);
    expect(refusal(await publish(items[0] ?? ''))).toEqual(NOT_FOUND);
    expect(refusal(await create({ ...carousel, children: items[0] ?? '' }))).toEqual([400, 100]);
    const container = idOf(await create(carousel));
    expect(refusal(await publish(container))).toEqual(NOT_FOUND);
    clock.advance(60);
    await publish(container);
    const hashes = [clip, photo].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    expect(await sandbox.posts('threads')).toMatchObject([{ kind: 'photos', text: 'Both', mediaSha256: hashes }]);
  });

  it('takes up to 20 items', async () => {
    const { create, clock } = threadsByHand();
    const items = await Promise.all(Array.from({ length: 21 }, async () => idOf(await create({ ...PHOTO, is_carousel_item: 'true' }))));
    clock.advance(60);
    expect(refusal(await create({ media_type: 'CAROUSEL', children: items.join(',') }))).toEqual([400, 100]);
    expect((await create({ media_type: 'CAROUSEL', children: items.slice(1).join(',') })).status).toBe(200);
  });

  it('ends with the cap of 24 hours, which the account can ask for', async () => {
    const { create, publish, get, account, clock } = threadsByHand({ caps: { threads: { postsPerDay: 1 } } });
    const limit = async () => parsed(await get(`${account.externalId}/threads_publishing_limit?fields=quota_usage,config,delete_quota_usage,delete_config`));
    await publish(idOf(await create(TEXT)));
    expect(await limit()).toEqual({
      data: [{ quota_usage: 1, config: { quota_total: 1, quota_duration: DAY }, delete_quota_usage: 0, delete_config: { quota_total: 100, quota_duration: DAY } }],
    });
    expect(refusal(await publish(idOf(await create(TEXT))))).toEqual([400, 9, 2_207_042]);
    clock.advance(DAY);
    expect((await publish(idOf(await create(TEXT)))).status).toBe(200);
  });

  it('needs the permission, a token that is good, and the account’s own container', async () => {
    const { create, publish, get, sandbox } = threadsByHand();
    const reader = sandbox.addAccount('threads', { name: 'reader', scopes: ['threads_basic'] });
    const late = sandbox.addAccount('threads', { name: 'late', accessTokenLife: -1 });
    const other = sandbox.addAccount('threads', { name: 'other' });
    const container = idOf(await create(TEXT));
    expect(refusal(await create(TEXT, reader))).toEqual([403, 10]);
    expect(refusal(await create(TEXT, late))).toEqual([400, 190, 463]);
    expect(refusal(await publish(container, other))).toEqual(NOT_FOUND);
    expect(refusal(await get(container, other))).toEqual([400, 100, 33]);
  });
});

describe('reading from Threads', () => {
  it('lists posts newest first, also since a time', async () => {
    const { create, publish, get, account, clock } = threadsByHand();
    const ids: string[] = [];
    for (const text of ['one', 'two']) {
      ids.push(idOf(await publish(idOf(await create({ ...TEXT, text })))));
      clock.advance(60);
    }
    const list = (more = '') => get(`${account.externalId}/threads?fields=id,text,timestamp${more}`);
    expect(parsed(await list())).toMatchObject({ data: [{ id: ids[1], text: 'two', timestamp: '2026-11-21T12:01:00+0000' }, { id: ids[0] }] });
    for (const since of ['2026-11-21T12:00:30Z', String(Date.parse('2026-11-21T12:00:30Z') / 1000)]) {
      expect(z.object({ data: z.array(z.object({ id: z.string() })) }).parse(parsed(await list(`&since=${since}`))).data.map(({ id }) => id)).toEqual([ids[1]]);
    }
    expect(refusal(await list('&since=yesterday'))).toEqual([400, 100]);
  });

  it('tells an account who it is', async () => {
    const { get, account } = threadsByHand();
    expect(parsed(await get('me?fields=id,username,name,threads_profile_picture_url'))).toMatchObject({ id: account.externalId, username: 'ada', name: 'Ada' });
  });

  it('knows no other path and no other version', async () => {
    const { get, send, account } = threadsByHand();
    expect(refusal(await get(`${account.externalId}/media`))).toEqual([400, 2500]);
    expect(refusal(await send({ method: 'GET', url: `${GRAPH}/v25.0/me`, headers: { authorization: `Bearer ${account.accessToken}` } }))).toEqual([400, 2500]);
  });

  it('refreshes a token that is a day old, by its own grant', async () => {
    const { send, account, clock } = threadsByHand();
    const refresh = (grant: string) => send({ method: 'GET', url: `${GRAPH}/refresh_access_token?grant_type=${grant}&access_token=${account.accessToken}`, headers: {} });
    expect(refusal(await refresh('th_refresh_token'))).toEqual([400, 100]);
    clock.advance(DAY);
    expect(refusal(await refresh('ig_refresh_token'))).toEqual([400, 100]);
    expect(parsed(await refresh('th_refresh_token'))).toMatchObject({ token_type: 'bearer', expires_in: 60 * DAY });
  });
});

/** A post, and how a text that answers one begins. */
async function withPost(options: Parameters<typeof threadsByHand>[0] = {}) {
  const hand = threadsByHand(options);
  const post = idOf(await hand.publish(idOf(await hand.create(TEXT))));
  const answer = (to: string, text: string, as?: LinkedAccount) => hand.create({ ...TEXT, text, reply_to_id: to }, as);
  return { ...hand, post, answer };
}

describe('answering a post of Threads', () => {
  const repliesSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

  it('shows the answer under it once it is published, and not among the posts', async () => {
    const { post, answer, publish, get, sandbox, account, clock, status } = await withPost();
    const container = idOf(await answer(post, 'And more'));
    expect(await sandbox.posts('threads')).toHaveLength(1);
    clock.advance(1);
    const reply = idOf(await publish(container));
    expect(await status(container)).toEqual({ status: 'PUBLISHED' });
    expect(refusal(await publish(container))).toEqual(NOT_FOUND);
    expect(await sandbox.posts('threads')).toMatchObject([{ id: post }, { id: reply, kind: 'text', text: 'And more', replyTo: post }]);
    expect((await sandbox.calls('threads')).map(({ operation }) => operation)).toEqual([
      'container.create',
      'media.publish',
      'container.create',
      'reply.publish',
      'container.read',
      'reply.publish',
    ]);
    expect(parsed(await get(`${post}/replies?fields=id,text,timestamp,is_reply,replied_to`))).toMatchObject({
      data: [{ id: reply, text: 'And more', timestamp: '2026-11-21T12:00:01+0000', is_reply: true, replied_to: { id: post } }],
    });
    expect(repliesSchema.parse(parsed(await get(`${account.externalId}/threads?fields=id`))).data).toEqual([{ id: post }]);
  });

  it('lists answers newest first, or in their order', async () => {
    const { post, answer, publish, get } = await withPost();
    const replies: string[] = [];
    for (const text of ['one', 'two', 'three']) replies.push(idOf(await publish(idOf(await answer(post, text)))));
    const list = async (more: string) => repliesSchema.parse(parsed(await get(`${post}/replies?fields=id${more}`))).data.map(({ id }) => id);
    expect(await list('')).toEqual(replies.toReversed());
    expect(await list('&reverse=false&limit=2')).toEqual(replies.slice(0, 2));
    expect(refusal(await get(`${post}/replies?reverse=no`))).toEqual([400, 100]);
  });

  it('takes an answer to an answer, and none to what is not there or is another’s', async () => {
    const { post, answer, publish, create, sandbox } = await withPost();
    const other = sandbox.addAccount('threads', { name: 'other' });
    const first = idOf(await publish(idOf(await answer(post, 'one'))));
    const second = idOf(await publish(idOf(await answer(first, 'two'))));
    expect(await sandbox.posts('threads')).toMatchObject([{ id: post }, { id: first, replyTo: post }, { id: second, replyTo: first }]);
    expect(refusal(await answer('17000000000000000', 'lost'))).toEqual(NOT_FOUND);
    expect(refusal(await answer(post, 'not mine', other))).toEqual(NOT_FOUND);
    expect(refusal(await answer('a post', 'no id'))).toEqual([400, 100]);
    expect(refusal(await create({ ...TEXT, reply_to_id: post, reply_control: 'everyone' }))).toEqual([400, 100]);
  });

  it('needs a permission of its own, also for reading', async () => {
    const { answer, create, publish, get, sandbox } = await withPost();
    const plain = sandbox.addAccount('threads', { name: 'plain', scopes: ['threads_basic', 'threads_content_publish'] });
    const post = idOf(await publish(idOf(await create(TEXT, plain)), plain));
    expect(refusal(await answer(post, 'and more', plain))).toEqual([403, 10]);
    expect(refusal(await get(`${post}/replies`, plain))).toEqual([403, 10]);
  });

  it('counts answers by themselves', async () => {
    const { post, answer, publish, create, clock } = await withPost({ caps: { threads: { postsPerDay: 1, repliesPerDay: 1 } } });
    await publish(idOf(await answer(post, 'one')));
    expect(refusal(await publish(idOf(await answer(post, 'two'))))).toEqual([400, 9, 2_207_042]);
    expect(refusal(await publish(idOf(await create(TEXT))))).toEqual([400, 9, 2_207_042]);
    clock.advance(DAY);
    expect((await publish(idOf(await answer(post, 'three')))).status).toBe(200);
  });
});
