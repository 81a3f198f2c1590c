import { describe, expect, it } from 'vitest';
import type { Fetched } from '../../sandbox/stand-in.ts';
import { makeJpeg } from './make-image.ts';
import { makeMp4, type Mp4 } from './make-mp4.ts';
import { clip, DAY, file, GRAPH, idOf, instagramByHand, refusal, VIDEO_URL } from './instagram-by-hand.ts';

const COVER_URL = 'https://media.test/cover.jpg';
const jpeg = makeJpeg({ width: 1080, height: 1350 });

describe('making a container', () => {
  it('gives its id and shows nothing', async () => {
    const { create, sandbox } = instagramByHand();
    expect(idOf(await create())).toMatch(/^17\d{15}$/);
    expect(await sandbox.posts('instagram')).toEqual([]);
  });

  it('takes every field of the page', async () => {
    const { create, files, clock, status } = instagramByHand();
    files.set(COVER_URL, file(jpeg, 'image/jpeg'));
    const answer = await create({
      caption: 'Seen & heard + more #fun @ada',
      share_to_feed: 'false',
      cover_url: COVER_URL,
      thumb_offset: '1000',
      collaborators: '["ada","grace","edsger"]',
      location_id: '123',
      user_tags: '[{"username":"ada"}]',
      audio_name: 'Song',
      trial_params: '{"graduation_strategy":"MANUAL"}',
    });
    const id = idOf(answer);
    clock.advance(60);
    expect(await status(id)).toMatchObject({ status_code: 'FINISHED' });
  });

  it.each([
    ['no media type', { media_type: null }, [400, 100, 2207023]],
    ['another media type', { media_type: 'VIDEO' }, [400, 100, 2207023]],
    ['no file', { video_url: null }, [400, 100]],
    ['a file that is no URL', { video_url: 'clip.mp4' }, [400, 9004, 2207052]],
    ['a URL of another scheme', { video_url: 'ftp://media.test/clip.mp4' }, [400, 9004, 2207052]],
    ['a URL that is not ASCII', { video_url: 'https://media.test/clïp.mp4' }, [400, 9004, 2207052]],
    ['a URL with a space', { video_url: 'https://media.test/a clip.mp4' }, [400, 9004, 2207052]],
    ['a cover that is no URL', { cover_url: 'cover.jpg' }, [400, 9004, 2207052]],
    ['a caption of 2201 characters', { caption: 'a'.repeat(2201) }, [400, 36004, 2207010]],
    ['31 hashtags', { caption: '#a '.repeat(31) }, [400, 36004, 2207010]],
    ['21 mentions', { caption: '@a '.repeat(21) }, [400, 36004, 2207010]],
    ['a share_to_feed that is no boolean', { share_to_feed: '1' }, [400, 100]],
    ['a thumb offset that is no number', { thumb_offset: '1s' }, [400, 1, 2207057]],
    ['a negative thumb offset', { thumb_offset: '-1' }, [400, 1, 2207057]],
    ['collaborators that are no list', { collaborators: 'ada' }, [400, 100]],
    ['four collaborators', { collaborators: '["a","b","c","d"]' }, [400, 100]],
    ['a location that is no id', { location_id: 'London' }, [400, 100]],
    ['user tags of another form', { user_tags: '["ada"]' }, [400, 100]],
    ['an unknown trial', { trial_params: '{"graduation_strategy":"NEVER"}' }, [400, 100]],
    ['an unknown field', { title: 'Hello' }, [400, 100]],
    ['a push, which needs Facebook Login', { upload_type: 'resumable' }, [400, 100]],
  ] as const)('refuses %s', async (_what, fields, expected) => {
    const { create } = instagramByHand();
    expect(refusal(await create(fields))).toEqual(expected);
  });

  it.each([
    ['a caption of 2200 characters', { caption: 'a'.repeat(2200) }],
    ['30 hashtags', { caption: '#a '.repeat(30) }],
    ['20 mentions', { caption: '@a '.repeat(20) }],
    ['no caption', {}],
  ])('takes %s', async (_what, fields) => {
    const { create } = instagramByHand();
    expect((await create(fields)).status).toBe(200);
  });

  it('refuses fields in the query, bodies that are no form, and a field twice', async () => {
    const { send, post, account } = instagramByHand();
    const edge = `${account.externalId}/media`;
    expect(refusal(await post(`${edge}?media_type=REELS`, { video_url: VIDEO_URL }))).toEqual([400, 100]);
    expect(refusal(await post(edge, 'media_type=REELS&media_type=REELS'))).toEqual([400, 100]);
    const asJson = { authorization: `Bearer ${account.accessToken}`, 'content-type': 'application/json' };
    expect(refusal(await send({ method: 'POST', url: `${GRAPH}/v23.0/${edge}`, headers: asJson, body: '{"media_type":"REELS"}' }))).toEqual(
      [400, 100],
    );
  });

  it('ends with 400 containers in 24 hours, failed ones too', async () => {
    const { create, clock } = instagramByHand({ caps: { instagram: { containersPerDay: 2 } } });
    await create();
    clock.advance(3600);
    await create({ video_url: 'https://media.test/nothing.mp4' });
    expect(refusal(await create())).toEqual([400, 9, 2207042]);
    clock.advance(DAY - 3600 - 1);
    expect(refusal(await create())).toEqual([400, 9, 2207042]);
    clock.advance(1);
    expect((await create()).status).toBe(200);
    expect(refusal(await create())).toEqual([400, 9, 2207042]);
  });

  it('has the documented cap if nothing else is said', async () => {
    const { create } = instagramByHand();
    for (let made = 0; made < 400; made += 1) expect((await create()).status).toBe(200);
    expect(refusal(await create())).toEqual([400, 9, 2207042]);
  });
});

describe('processing a container', () => {
  it('takes its time, then is finished', async () => {
    const { create, status, clock } = instagramByHand();
    const id = idOf(await create());
    expect(await status(id)).toMatchObject({ status_code: 'IN_PROGRESS' });
    clock.advance(59);
    expect(await status(id)).toMatchObject({ status_code: 'IN_PROGRESS' });
    clock.advance(1);
    expect(await status(id)).toMatchObject({ status_code: 'FINISHED' });
  });

  it('goes on while the file is still on its way, and keeps nobody waiting', async () => {
    const arrived = Promise.withResolvers<Fetched>();
    const { ready, status, publish } = instagramByHand({ fetch: () => arrived.promise });
    const id = await ready();
    expect(await status(id)).toMatchObject({ status_code: 'IN_PROGRESS' });
    expect(refusal(await publish(id))).toEqual([400, 9007, 2207027]);
    arrived.resolve(file(clip));
    expect(await status(id)).toMatchObject({ status_code: 'FINISHED' });
  });

  it('expires 24 hours after it was made', async () => {
    const { ready, status, clock, publish } = instagramByHand();
    const id = await ready();
    clock.advance(DAY - 61);
    expect(await status(id)).toMatchObject({ status_code: 'FINISHED' });
    clock.advance(1);
    expect(await status(id)).toMatchObject({ status_code: 'EXPIRED' });
    expect(refusal(await publish(id))).toEqual([400, -2, 2207020]);
  });

  it.each([
    ['a server that is not there', new Error('connection refused'), 2207052],
    ['a server that is too slow', Object.assign(new Error('slow'), { name: 'TimeoutError' }), 2207003],
    ['a file that is not there', file(clip, 'video/mp4', 404), 2207052],
    ['a redirect', file(clip, 'video/mp4', 302), 2207052],
    ['a page about the file', file(Buffer.from('<html>'), 'text/html'), 2207052],
    ['a text called a video', file(Buffer.from('no video'.repeat(100))), 2207026],
    ['an empty file', file(Buffer.alloc(0)), 2207026],
    ['half of an MP4', file(clip.subarray(0, 200)), 2207026],
  ])('fails for %s', async (_what, found, subcode) => {
    const { files, ready, status, publish, sandbox } = instagramByHand();
    files.set(VIDEO_URL, found);
    const id = await ready();
    const { status_code: code, status: text } = await status(id);
    expect(code).toBe('ERROR');
    expect(text).toContain(String(subcode));
    expect(refusal(await publish(id))).toEqual([400, 9007, 2207027]);
    expect(await sandbox.posts('instagram')).toEqual([]);
  });

  const limits: readonly [string, Mp4, boolean][] = [
    ['3 s', { duration: 3 }, true],
    ['less than 3 s', { duration: 2.99 }, false],
    ['15 min', { duration: 900 }, true],
    ['more than 15 min', { duration: 900.1 }, false],
    ['1920 px wide', { width: 1920, height: 1080 }, true],
    ['1921 px wide', { width: 1921, height: 1080 }, false],
    ['1921 px wide only before it is turned', { width: 1080, height: 1921, turned: true }, true],
    ['10:1', { width: 1000, height: 100 }, true],
    ['wider than 10:1', { width: 1001, height: 100 }, false],
    ['0.01:1', { width: 10, height: 1000 }, true],
    ['narrower than 0.01:1', { width: 10, height: 1001 }, false],
    ['23 frames a second', { frameRate: 23 }, true],
    ['22.9 frames a second', { frameRate: 22.9 }, false],
    ['60 frames a second', { frameRate: 60 }, true],
    ['61 frames a second', { frameRate: 61 }, false],
    ['HEVC', { codec: 'hvc1' }, true],
    ['VP9', { codec: 'vp09' }, false],
    ['no sound', { audio: null }, true],
    ['48 kHz', { audio: { sampleRate: 48_000 } }, true],
    ['48.001 kHz', { audio: { sampleRate: 48_001 } }, false],
    ['3 channels', { audio: { channels: 3 } }, false],
    ['sound that is no AAC', { audio: { codec: 'Opus' } }, false],
    ['25 Mbit/s', { duration: 3, size: 9_375_000 }, true],
    ['more than 25 Mbit/s', { duration: 3, size: 9_375_001 }, false],
    ['a picture in the form of MP4', { brand: 'heic' }, false],
  ];

  it.each(limits)('judges the real file: %s', async (_what, of, fine) => {
    const { files, ready, status } = instagramByHand();
    files.set(VIDEO_URL, file(makeMp4(of)));
    const { status_code: code, status: text } = await status(await ready());
    expect(code).toBe(fine ? 'FINISHED' : 'ERROR');
    if (!fine) expect(text).toContain('2207026');
  });

  it('takes a file of 300 MB and none that is a byte larger', async () => {
    const { files, ready, status } = instagramByHand();
    const large = makeMp4({ duration: 900, size: 300_000_001 });
    files.set(VIDEO_URL, file(large));
    expect(await status(await ready())).toMatchObject({ status_code: 'ERROR', status: expect.stringContaining('2207026') });
    files.set(VIDEO_URL, file(large.subarray(0, 300_000_000)));
    expect(await status(await ready())).toMatchObject({ status_code: 'FINISHED' });
  });

  it('fails for a thumb offset behind the end', async () => {
    const { ready, status } = instagramByHand();
    expect(await status(await ready({ thumb_offset: '10000' }))).toMatchObject({ status_code: 'FINISHED' });
    const late = await status(await ready({ thumb_offset: '10001' }));
    expect(late.status_code).toBe('ERROR');
    expect(late.status).toContain('2207057');
  });

  it.each([
    ['that is not there', file(jpeg, 'image/jpeg', 404), 2207052],
    ['that is no picture by its type', file(jpeg, 'text/plain'), 2207052],
    ['that is no JPEG', file(Buffer.from('PNG'), 'image/png'), 2207005],
    ['above 8 MB', file(Buffer.concat([jpeg, Buffer.alloc(8_000_000)]), 'image/jpeg'), 2207004],
  ])('fails for a cover %s', async (_what, found, subcode) => {
    const { files, ready, status } = instagramByHand();
    files.set(COVER_URL, found);
    const { status_code: code, status: text } = await status(await ready({ cover_url: COVER_URL }));
    expect(code).toBe('ERROR');
    expect(text).toContain(String(subcode));
  });
});
