import { describe, expect, it } from 'vitest';
import type { ConfirmOutcome } from '../../../core/ports/index.ts';
import { reddit } from '../../../platforms/reddit/index.ts';
import { answer, formOf, NOW, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { redditErrors } from '../support/words.ts';

const account = { accountId: 'acc_1', externalId: 'k1', name: 'Ada', limits: {} };
const options = { subreddit: 'Pics' };
const files = ['one', 'two'].map((assetId) => ({ assetId, url: `https://uploads.test/rte_images/${assetId}` }));
const checkpoint = { before: ['t3_old'], files, accepted: null };
const endpoints = { oauth: 'https://oauth.test', www: 'https://www.test' };

const video = workOf(10, { account, options, checkpoint });
const photos = { ...video, upload: { ...video.upload, kind: 'photos' as const } };
const text = { ...video, upload: { ...video.upload, kind: 'text' as const, media: [] }, checkpoint: { ...checkpoint, files: [] } };

const tools = (...answers: Parameters<typeof scriptedTools>[0]) => scriptedTools(answers, { endpoints });
const armedAt = '2026-11-21T11:50:00Z';

describe('what is sent', () => {
  it('is a text with its title', async () => {
    const sending = tools(answer(200, { json: { errors: [], data: { id: 'abc', name: 't3_abc', url: 'https://www.reddit.com/r/pics/comments/abc/' } } }));
    const published = await reddit.publish(text, reddit.compose(text), sending);
    expect(published).toEqual({ kind: 'published', externalId: 't3_abc', externalUrl: 'https://www.reddit.com/comments/abc/' });
    expect(sending.requests).toMatchObject([{ method: 'POST', url: 'https://oauth.test/api/submit', headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'server:an-app:v1 (Fanfare)' } }]);
    expect(formOf(sending.requests[0])).toEqual({
      api_type: 'json',
      kind: 'self',
      sr: 'Pics',
      title: 'A title',
      text: 'What it is about',
      nsfw: 'false',
      spoiler: 'false',
      sendreplies: 'true',
      resubmit: 'true',
      validate_on_submit: 'true',
    });
  });

  it('is a video with its poster, and says what the options say', async () => {
    const flairId = '5c2f1b60-0f4e-11ef-8a5e-0242ac120002';
    const work = { ...video, options: { ...options, flairId, flairText: 'News', nsfw: true, spoiler: true, sendReplies: false } };
    const sending = tools(answer(500));
    await reddit.publish(work, reddit.compose(work), sending);
    expect(formOf(sending.requests[0])).toMatchObject({
      kind: 'video',
      url: files[0]?.url,
      video_poster_url: files[1]?.url,
      text: 'What it is about',
      flair_id: flairId,
      flair_text: 'News',
      nsfw: 'true',
      spoiler: 'true',
      sendreplies: 'false',
    });
  });

  it('is a gallery of several photos, with its text', async () => {
    const sending = tools(answer(200, { json: { errors: [], data: { id: 't3_abc' } } }));
    expect(await reddit.publish(photos, reddit.compose(photos), sending)).toMatchObject({ kind: 'published', externalId: 't3_abc' });
    expect(sending.requests[0]?.url).toBe('https://oauth.test/api/submit_gallery_post.json');
    expect(JSON.parse(String(sending.requests[0]?.body))).toMatchObject({
      sr: 'Pics',
      text: 'What it is about',
      items: [
        { media_id: 'one', caption: '', outbound_url: '' },
        { media_id: 'two', caption: '', outbound_url: '' },
      ],
    });
  });
});

/** The file cannot be named any more. */
const LINK_GONE = redditErrors('BAD_URL');

describe('an answer', () => {
  const page = { user_submitted_page: 'https://www.reddit.com/user/Ada/submitted/', websocket_url: 'wss://ws.test/' };

  it('without an id is a post that is made later', async () => {
    const times = [NOW, new Date(NOW.getTime() + 2500)];
    const taken = answer(200, { json: { errors: [], data: page } }, { date: 'Sat, 21 Nov 2026 12:00:04 GMT' });
    const sending = scriptedTools([taken], { endpoints, now: () => times.shift() ?? NOW });
    expect(await reddit.publish(video, reddit.compose(video), sending)).toMatchObject({
      kind: 'accepted',
      afterSeconds: 120,
      checkpoint: { ...checkpoint, accepted: { attempt: 1, since: '2026-11-21T12:00:00Z' } },
    });
  });

  it.each([
    [200, '{"json":{"errors":[]}}'],
    [200, '{"json":{"errors":[],"data":{}}}'],
    [200, ''],
    [302, ''],
    [403, '<html>'],
    [429, 'slow down'],
    [503, JSON.stringify(redditErrors('RATELIMIT').body)],
  ])('of %i %s leaves it open', async (status, body) => {
    expect(await reddit.publish(text, reddit.compose(text), tools(answer(status, body)))).toMatchObject({ kind: 'ambiguous' });
  });

  it.each([
    [redditErrors('SUBREDDIT_NOEXIST'), 'permanent', 'permission_denied'],
    [redditErrors('NO_VIDEOS'), 'invalid_metadata', 'metadata_rejected'],
    [redditErrors('SUBMIT_VALIDATION_BODY_REQUIRED'), 'invalid_metadata', 'metadata_rejected'],
    [redditErrors('SUBMIT_VALIDATION_FLAIR_REQUIRED'), 'invalid_metadata', 'metadata_rejected'],
    [redditErrors('ALREADY_SUB', 'that link has already been submitted'), 'duplicate', 'duplicate_content'],
    [redditErrors('ALREADY_SUB', "This community doesn't allow videos"), 'invalid_metadata', 'metadata_rejected'],
    [redditErrors('MISSING_VIDEO_URLS'), 'invalid_media', 'media_rejected'],
    [LINK_GONE, 'invalid_metadata', 'metadata_rejected'],
    [redditErrors('QUOTA_FILLED'), 'quota', 'quota_exhausted'],
    [redditErrors('SOMETHING_NEW'), 'permanent', 'metadata_rejected'],
    [{ status: 403, body: { message: 'Forbidden', error: 403 } }, 'permanent', 'permission_denied'],
    [{ status: 401, body: { message: 'Unauthorized', error: 401 } }, 'auth_expired', 'reauth_required'],
  ] as const)('of $body refuses: %s %s', async ({ status, body }, troubleClass, code) => {
    const refused = await reddit.publish(text, reddit.compose(text), tools(answer(status, body)));
    expect(refused).toMatchObject({ kind: 'refused', trouble: { class: troubleClass, code }, artefactLost: troubleClass === 'invalid_media' || body === LINK_GONE.body });
  });

  it.each([
    [redditErrors('RATELIMIT', 'Take a break for 9 minutes before trying again.', { ratelimit: 493.5 }), {}, 494],
    // In words only, and rounded: a minute more.
    [redditErrors('RATELIMIT', 'Take a break for 9 minutes before trying again.'), {}, 600],
    [{ status: 429, body: { message: 'Too Many Requests', error: 429 } }, { 'x-ratelimit-reset': '37' }, 37],
  ])('says how long to wait: %j %j', async ({ status, body }, headers, seconds) => {
    const refused = await reddit.publish(text, reddit.compose(text), tools(answer(status, body, headers)));
    expect(refused).toMatchObject({ kind: 'refused', trouble: { class: 'rate_limited', until: new Date(NOW.getTime() + seconds * 1000) } });
  });
});

/** A post of the account as Reddit lists it: this very one, but for these changes. */
function listed({ at = '2026-11-21T11:55:00Z', ...changes }: Readonly<Record<string, unknown>> & { at?: string } = {}) {
  return { data: { name: 't3_new', title: 'A title', subreddit: 'pics', is_self: false, selftext: '', created_utc: Date.parse(at) / 1000, permalink: '/r/pics/comments/new/a_title/', ...changes } };
}

function listing(posts: readonly object[], after: string | null = null) {
  return answer(200, { kind: 'Listing', data: { children: posts, after } });
}

async function lookUp(posts: readonly object[], work: Parameters<typeof reddit.confirm>[0] = video, after: string | null = null): Promise<ConfirmOutcome> {
  return reddit.confirm(work, reddit.compose(work), { n: 1, armedAt }, tools(listing(posts, after)));
}

describe('a post whose answer says nothing', () => {
  it('is found by subreddit, title and time', async () => {
    expect(await lookUp([listed({ title: ' A  title ' }), listed({ name: 't3_b', title: 'Another' }), listed({ name: 't3_c', subreddit: 'videos' }), listed({ name: 't3_d', is_self: true })])).toEqual({
      kind: 'found',
      externalId: 't3_new',
      externalUrl: 'https://www.reddit.com/r/pics/comments/new/a_title/',
    });
  });

  it.each([
    ['was there before', { name: 't3_old' }],
    ['is older than the attempt', { at: '2026-11-21T11:34:59Z' }],
  ])('is not one that %s', async (_, changes) => {
    expect(await lookUp([listed(changes)])).toMatchObject({ kind: 'absent', artefactLost: false });
  });

  it('has the words of a text', async () => {
    const ours = { is_self: true, selftext: 'What it is about' };
    const other = listed({ ...ours, name: 't3_b', selftext: 'Something else' });
    expect(await lookUp([listed(ours), other], text)).toMatchObject({ kind: 'found', externalId: 't3_new' });
    // Reddit may have changed them.
    expect(await lookUp([other], text)).toMatchObject({ kind: 'undecided' });
  });

  it('may be that of an earlier attempt in doubt', async () => {
    const doubted = { ...video, attempts: { made: 2, doubtedSince: '2026-11-21T11:20:00Z' } };
    expect(await lookUp([listed({ at: '2026-11-20T11:00:00Z' })], doubted)).toMatchObject({ kind: 'found', externalId: 't3_new' });
    expect(await lookUp([listed({ name: 't3_old' })], doubted)).toMatchObject({ kind: 'absent' });
  });

  it('is not guessed from several, nor where the list goes on', async () => {
    expect(await lookUp([listed(), listed({ name: 't3_b' })])).toMatchObject({ kind: 'undecided' });
    expect(await lookUp([listed({ title: 'Another' })], video, 't3_more')).toMatchObject({ kind: 'undecided' });
    expect(await lookUp([listed({ at: '2026-11-20T11:00:00Z' })], video, 't3_more')).toMatchObject({ kind: 'absent' });
  });

  it('is no older than its acceptance, by the clock of Reddit', async () => {
    const taken = { ...video, checkpoint: { ...checkpoint, accepted: { attempt: 1, since: '2026-11-21T11:56:30Z' } } };
    expect(await lookUp([listed({ at: '2026-11-21T11:56:29Z' })], taken)).toMatchObject({ kind: 'undecided' });
    expect(await lookUp([listed({ at: '2026-11-21T11:56:30Z' })], taken)).toMatchObject({ kind: 'found' });
  });

  it('is waited for an hour once Reddit has taken it, and then its file is at fault', async () => {
    const taken = { ...video, checkpoint: { ...checkpoint, accepted: { attempt: 1, since: null } } };
    const at = (before: string) => reddit.confirm(taken, reddit.compose(taken), { n: 1, armedAt: before }, tools(listing([])));
    expect(await at('2026-11-21T11:00:01Z')).toMatchObject({ kind: 'undecided' });
    expect(await at('2026-11-21T11:00:00Z')).toMatchObject({ kind: 'absent', artefactLost: true, trouble: { class: 'invalid_media' } });
    // Of another attempt, Reddit has said nothing.
    expect(await reddit.confirm(taken, reddit.compose(taken), { n: 2, armedAt }, tools(listing([])))).toMatchObject({ kind: 'absent', artefactLost: false });
  });
});

const decorate = (post: object) => reddit.decorate?.(video, { externalId: 't3_new' }, tools(listing([post])));

describe('after the post', () => {
  it('a warning says that it was taken away, or has lost its text', async () => {
    expect(await decorate(listed({ selftext: 'What it is about' }))).toEqual({ warnings: [], externalUrl: 'https://www.reddit.com/r/pics/comments/new/a_title/' });
    expect(await decorate(listed({ selftext: 'What', removed_by_category: 'automod_filtered' }))).toMatchObject({ warnings: [expect.stringContaining('automod_filtered')] });
    expect(await decorate(listed())).toMatchObject({ warnings: [expect.stringContaining('without its text')] });
  });
});
