import { describe, expect, it } from 'vitest';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { videoOf } from '../../../platforms/work.ts';
import { operations, stage, together, when } from '../support/stage.ts';
import { answer, NOW, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { tiktokError, wordsOf } from '../support/words.ts';

const PUBLIC = { privacyLevel: 'PUBLIC_TO_EVERYONE' };
const ID = '7480000000000000123';
const URL_OF_UPLOAD = 'https://upload.test/video/?upload_id=1&upload_token=key';
const ATTEMPT = { n: 1, armedAt: '2026-11-21T11:50:00Z' };

/** `ids` are numbers of 64 bits, as TikTok writes them. */
function status(data: object, ids = '') {
  const body = JSON.stringify({ data: { ...data, publicaly_available_post_id: [] }, error: { code: 'ok', message: '', log_id: '1' } });
  return answer(200, body.replace(':[]', `:[${ids}]`));
}

/** A publication that failed. */
function failed(reason: string) {
  return status({ status: 'FAILED', fail_reason: reason });
}

const COMPLETE = { status: 'PUBLISH_COMPLETE' };
const upload = { url: URL_OF_UPLOAD, total: 100, stored: 0, openedAt: NOW.toISOString() };
const checkpoint = { username: 'ada', commentDisabled: false, publishId: 'v_pub_file~1', upload, failures: 0 };
const video = workOf(100, { options: PUBLIC, checkpoint });
const chunk = tiktok.compose(video);

const photo = videoOf(workOf(5));
const photos = (changes: object = {}) =>
  workOf(5, {
    options: PUBLIC,
    checkpoint: { username: 'ada', commentDisabled: true, publishId: null, upload: null, failures: 0, ...changes },
    upload: { kind: 'photos', media: [photo, { ...photo, mediaId: 'med_2' }] },
  });

describe('the last chunk', () => {
  it('is sent from where the upload stands, without a token, and is a post only when TikTok says so', async () => {
    const tools = scriptedTools([answer(201)]);
    expect(await tiktok.publish(video, chunk, tools)).toEqual({ kind: 'accepted', evidence: expect.any(String), afterSeconds: 60 });
    expect(tools.requests).toMatchObject([{ method: 'PUT', url: URL_OF_UPLOAD, headers: { 'content-range': 'bytes 0-99/100' } }]);
    expect(JSON.stringify([tools.requests[0]?.headers, chunk])).not.toMatch(new RegExp(`${TOKEN}|key`, 'u'));
  });

  it.each([
    [200, ''],
    [206, ''],
    [302, ''],
    [403, ''],
    [416, ''],
    [400, 'Bad Request'],
    [429, '<html>'],
    [500, JSON.stringify(tiktokError(500, 'internal_error').body)],
    [400, JSON.stringify(tiktokError(400, 'internal_error').body)],
  ])('leaves open what became of it when the answer is %i %s', async (code, body) => {
    expect(await tiktok.publish(video, chunk, scriptedTools([answer(code, body)]))).toMatchObject({ kind: 'ambiguous' });
  });

  it.each([
    [403, 'spam_risk_too_many_posts', 'quota'],
    [401, 'access_token_invalid', 'auth_expired'],
    [429, 'rate_limit_exceeded', 'rate_limited'],
  ])('is refused in TikTok’s own words: %i %s', async (code, word, troubleClass) => {
    expect(await tiktok.publish(video, chunk, scriptedTools([answer(code, tiktokError(code, word).body)]))).toMatchObject({ kind: 'refused', trouble: { class: troubleClass } });
  });
});

/** What comes of asking about the video's publication, when TikTok says this. */
function asked(said: ReturnType<typeof answer>, work = video) {
  return tiktok.confirm(work, chunk, ATTEMPT, scriptedTools([said]));
}

/** The video, of which so many publications have failed before. */
function after(failures: number) {
  return { ...video, checkpoint: { ...checkpoint, failures } };
}

describe('what became of a publication', () => {
  it('is a post with every digit of its id, the first of several', async () => {
    expect(await asked(status(COMPLETE, `${ID},7480000000000000999`))).toEqual({ kind: 'found', externalId: ID, externalUrl: `https://www.tiktok.com/@ada/video/${ID}` });
  });

  it('is a post without an id while moderation is at it', async () => {
    expect(await asked(status(COMPLETE))).toEqual({ kind: 'found', externalId: null, externalUrl: null });
  });

  it('is open while TikTok is at it, for as long as it takes, and in a state that nobody knows', async () => {
    for (const said of [{ status: 'PROCESSING_UPLOAD', uploaded_bytes: 100 }, { status: 'PROCESSING_DOWNLOAD' }, { status: 'SEND_TO_USER_INBOX' }, { status: 'NEW' }, { status: 'PROCESSING_UPLOAD' }]) {
      expect(await asked(status(said)), said.status).toMatchObject({ kind: 'undecided', trouble: null });
    }
    expect(await asked(answer(400, tiktokError(400, 'invalid_publish_id').body))).toMatchObject({ kind: 'undecided' });
    expect(await asked(answer(200, '{"ok":true}'))).toMatchObject({ kind: 'undecided' });
  });

  it('is none while TikTok has not all of the video, and the same upload goes on', async () => {
    const outcome = await asked(status({ status: 'PROCESSING_UPLOAD', uploaded_bytes: 99 }));
    expect(outcome).toMatchObject({ kind: 'absent', artefactLost: false, unfinished: true });
    expect(outcome).not.toHaveProperty('trouble');
  });

  it('is none when it failed: for good, or to be tried so often', async () => {
    expect(await asked(failed('frame_rate_check_failed'))).toMatchObject({ kind: 'absent', artefactLost: true, trouble: { class: 'invalid_media', platformCode: 'frame_rate_check_failed' } });
    expect(await asked(failed('internal'), after(1))).toMatchObject({ kind: 'absent', unfinished: true, trouble: { class: 'retryable' } });
    expect(await asked(failed('internal'), after(2))).toMatchObject({ kind: 'absent', artefactLost: true, trouble: { class: 'permanent' } });
  });

  it('is asked for by a call that sends nothing, when TikTok had all before', async () => {
    const body = { kind: 'ask', publishId: 'v_pub_file~1', username: 'ada' };
    const tools = scriptedTools([status(COMPLETE, ID)]);
    expect(await tiktok.publish(video, body, tools)).toMatchObject({ kind: 'published', externalId: ID });
    expect(tools.requests).toMatchObject([{ url: 'https://api.test/v2/post/publish/status/fetch/', headers: { authorization: `Bearer ${TOKEN}` } }]);
    expect(await tiktok.publish(video, body, scriptedTools([status({ status: 'PROCESSING_UPLOAD', uploaded_bytes: 5 })]))).toMatchObject({ kind: 'accepted' });
    expect(await tiktok.publish(video, body, scriptedTools([status({ status: 'FAILED', fail_reason: 'internal' })]))).toMatchObject({ kind: 'refused', unfinished: true });
    expect(await tiktok.publish(video, body, scriptedTools([answer(200, '{}')]))).toMatchObject({ kind: 'ambiguous' });
  });
});

describe('photos', () => {
  const body = tiktok.compose(photos());

  it('are named by addresses that were signed for this call, and what the answer gives is kept', async () => {
    const tools = scriptedTools([answer(200, { data: { publish_id: 'p_pub_url~1' }, error: { code: 'ok', message: '', log_id: '1' } })]);
    expect(await tiktok.publish(photos(), body, tools)).toMatchObject({ kind: 'accepted', checkpoint: { publishId: 'p_pub_url~1', username: 'ada' } });
    const address = 'https://media.test/one.mp4?X-Amz-Signature=abc&X-Amz-Expires=21600';
    expect(JSON.parse(String(tools.requests[0]?.body))).toEqual({
      media_type: 'PHOTO',
      post_mode: 'DIRECT_POST',
      post_info: {
        title: 'A title',
        description: 'What it is about',
        privacy_level: 'PUBLIC_TO_EVERYONE',
        disable_comment: true,
        auto_add_music: false,
        brand_content_toggle: false,
        brand_organic_toggle: false,
      },
      source_info: { source: 'PULL_FROM_URL', photo_images: [address, address], photo_cover_index: 0 },
    });
    expect(JSON.stringify(body)).not.toContain('Signature');
  });

  it('are asked about by the id that the answer gave', async () => {
    const tools = scriptedTools([status(COMPLETE, ID)]);
    expect(await tiktok.confirm(photos({ publishId: 'p_pub_url~1' }), body, ATTEMPT, tools)).toEqual({ kind: 'found', externalId: ID, externalUrl: `https://www.tiktok.com/@ada/photo/${ID}` });
    expect(tools.requests[0]?.body).toBe('{"publish_id":"p_pub_url~1"}');
  });

  it('whose answer was lost are found among the newest posts, or stay open: that they are not there proves nothing', async () => {
    const armed = Date.parse(ATTEMPT.armedAt) / 1000;
    const listed = (...videos: readonly object[]) => tiktok.confirm(photos(), body, ATTEMPT, scriptedTools([answer(200, { data: { videos }, error: { code: 'ok' } })]));
    const mine = { id: ID, create_time: armed + 5, title: 'A title', video_description: ' What it is  about ' };
    expect(await listed({ ...mine, id: '1', create_time: armed - 3600 }, mine)).toMatchObject({ kind: 'found', externalId: ID });
    expect(await listed({ ...mine, title: '', video_description: 'A title What it is about' })).toMatchObject({ kind: 'found' });
    for (const others of [[], [{ ...mine, title: 'Another' }], [{ ...mine, create_time: armed - 3600 }], [mine, { ...mine, id: '2' }], [{ id: '3', create_time: armed + 1 }], [mine, ...Array.from({ length: 19 }, (_, n) => ({ ...mine, id: `${n}`, title: 'x' }))]]) {
      expect(await listed(...others)).toMatchObject({ kind: 'undecided' });
    }
    const refused = tiktok.confirm(photos(), body, ATTEMPT, scriptedTools([answer(401, tiktokError(401, 'scope_not_authorized').body)]));
    expect(await refused).toMatchObject({ kind: 'undecided' });
  });

  it('are not begun anew while the publication that TikTok has may still become a post', async () => {
    const ready = await tiktok.transfer(photos({ publishId: 'p_pub_url~1' }), scriptedTools([status({ status: 'PROCESSING_DOWNLOAD' })]));
    expect(ready).toMatchObject({ kind: 'ready', checkpoint: { publishId: 'p_pub_url~1' } });
    expect(tiktok.compose(photos({ publishId: 'p_pub_url~1' }))).toMatchObject({ kind: 'ask' });
  });
});

describe('after the post', () => {
  it('its address is asked for once more if there was none, and missed only where everybody could see it', async () => {
    expect(await tiktok.decorate?.(video, { externalId: null }, scriptedTools([status(COMPLETE, ID)]))).toEqual({ warnings: [], externalUrl: `https://www.tiktok.com/@ada/video/${ID}` });
    expect(await tiktok.decorate?.(video, { externalId: null }, scriptedTools([status(COMPLETE)]))).toMatchObject({ warnings: [expect.stringContaining('address')], externalUrl: null });
    const hidden = { ...video, options: { privacyLevel: 'SELF_ONLY' } };
    expect(await tiktok.decorate?.(hidden, { externalId: null }, scriptedTools([status(COMPLETE)]))).toEqual({ warnings: [], externalUrl: null });
    expect(await tiktok.decorate?.(video, { externalId: ID }, scriptedTools([]))).toEqual({ warnings: [], externalUrl: null });
  });
});

/** The stand-in gives this answer in place of its own. */
function says({ status: code, body }: ReturnType<typeof answer>) {
  return { effect: 'refuse', status: code, body } as const;
}

describe('a delivery to TikTok', () => {
  it('fails with what TikTok found in the file after it had taken all of it, and nothing is visible', async () => {
    const world = await stage(tiktok, { file: new Uint8Array(100_000) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: 'file_format_check_failed' }, proofs: [{ kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'upload.last-chunk')).toHaveLength(1);
    expect(await world.sandbox.posts('tiktok')).toEqual([]);
  });

  it('tries photos once more that TikTok could not fetch, with one post in the end', async () => {
    const gone = status({ publish_id: 'p_pub_url~gone' });
    const world = await stage(tiktok, {
      kind: 'photos',
      ...together(
        when(tiktok, 'content.init', [1], () => says(gone)),
        when(tiktok, 'status.fetch', [1, 2, 3], () => says(failed('photo_pull_failed'))),
      ),
    });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'content.init')).toHaveLength(2);
    expect(await world.sandbox.posts('tiktok')).toHaveLength(1);
  });

  it('waits when the creator has made too many posts, and goes on', async () => {
    const world = await stage(tiktok, when(tiktok, 'creator-info.query', [1], () => ({ effect: 'refuse', ...tiktokError(403, 'spam_risk_too_many_posts') })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(3600);
  });

  it('is unknown when the publication never ends, and is not sent again', async () => {
    const stuck = status({ status: 'PROCESSING_DOWNLOAD' });
    const world = await stage(tiktok, { kind: 'photos', ...when(tiktok, 'status.fetch', 'always', () => says(stuck)) });
    expect(await world.run()).toMatchObject({ status: 'unknown' });
    expect(operations(world).filter((name) => name === 'content.init')).toHaveLength(1);
  });

  it('asks for linking anew when TikTok takes the refresh token back', async () => {
    const world = await stage(tiktok, { accessTokenLife: -5, ...when(tiktok, 'token.refresh', [1], () => ({ effect: 'refuse', ...wordsOf(tiktok).linkRevoked })) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: 'invalid_grant' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
  });
});
