import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { API, bearer, parsed, refusal, video, youtubeByHand } from './youtube-by-hand.ts';

const THREADS = `${API}/youtube/v3/commentThreads`;
const SCOPE = 'https://www.googleapis.com/auth/youtube';

function commentsByHand(options: Parameters<typeof youtubeByHand>[0] = {}) {
  const hand = youtubeByHand(options);
  const { send, account } = hand;

  function comment(snippet: object, { query = 'part=snippet', as = account }: { query?: string; as?: LinkedAccount } = {}) {
    const headers = { authorization: bearer(as), 'content-type': 'application/json; charset=UTF-8' };
    return send({ method: 'POST', url: `${THREADS}?${query}`, headers, body: JSON.stringify({ snippet }) });
  }

  const under = (videoId: string, textOriginal = 'More & more', as: LinkedAccount = account) =>
    comment({ channelId: account.externalId, videoId, topLevelComment: { snippet: { textOriginal } } }, { as });
  return { ...hand, comment, under };
}

const idOf = (answer: { body: string }) => z.object({ id: z.string() }).parse(JSON.parse(answer.body)).id;

describe('a comment on YouTube', () => {
  it('stands under the video, and its list shows the text to its author', async () => {
    const { publish, under, get, sandbox, account } = commentsByHand();
    const videoId = await publish();
    const id = idOf(await under(videoId));
    expect(await sandbox.posts('youtube')).toMatchObject([
      { id: videoId, kind: 'video' },
      { id, accountId: account.externalId, kind: 'text', title: null, text: 'More & more', mediaSha256: [], replyTo: videoId },
    ]);
    const snippet = { textOriginal: 'More & more', authorChannelId: { value: account.externalId }, publishedAt: '2026-11-21T12:00:00.000Z' };
    expect(parsed(await get(`commentThreads?part=snippet&videoId=${videoId}&order=time&textFormat=plainText&maxResults=100`))).toMatchObject({
      kind: 'youtube#commentThreadListResponse',
      items: [{ kind: 'youtube#commentThread', id, snippet: { videoId, topLevelComment: { id, snippet } } }],
      pageInfo: { totalResults: 1 },
    });
    expect((await sandbox.calls('youtube')).slice(-2).map(({ operation }) => operation)).toEqual(['comment-threads.insert', 'comment-threads.list']);
  });

  it('is listed newest first, page by page', async () => {
    const { publish, under, get } = commentsByHand();
    const videoId = await publish();
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push(idOf(await under(videoId, text)));
    const pageSchema = z.object({ items: z.array(z.object({ id: z.string() })), nextPageToken: z.string().optional() });
    const list = async (more: string) => pageSchema.parse(parsed(await get(`commentThreads?part=id&videoId=${videoId}&maxResults=2${more}`)));
    const first = await list('');
    expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect((await list(`&pageToken=${first.nextPageToken}`)).items.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it.each([
    ['without a text', { textOriginal: ' ' }, [400, 'commentTextRequired']],
    ['that names no text', {}, [400, 'commentTextRequired']],
    ['of 10,001 characters', { textOriginal: 'x'.repeat(10_001) }, [400, 'commentTextTooLong']],
    ['with a field that nobody may write', { textOriginal: 'x', likeCount: 5 }, [400, 'invalidCommentThreadMetadata']],
  ])('is refused %s', async (_what, snippet, expected) => {
    const { publish, comment, account, sandbox } = commentsByHand();
    const videoId = await publish();
    expect(refusal(await comment({ channelId: account.externalId, videoId, topLevelComment: { snippet } }))).toEqual(expected);
    expect(await sandbox.posts('youtube')).toHaveLength(1);
  });

  it('has up to 10,000 characters', async () => {
    const { publish, under } = commentsByHand();
    expect((await under(await publish(), 'x'.repeat(10_000))).status).toBe(200);
  });

  it('names the video, its channel and its part', async () => {
    const { publish, comment, under, account, lasting } = commentsByHand();
    const videoId = await publish();
    const topLevelComment = { snippet: { textOriginal: 'x' } };
    expect(refusal(await comment({ videoId, topLevelComment }))).toEqual([400, 'channelOrVideoIdMissing']);
    expect(refusal(await comment({ channelId: account.externalId, topLevelComment }))).toEqual([400, 'channelOrVideoIdMissing']);
    expect(refusal(await comment({ channelId: lasting.externalId, videoId, topLevelComment }))).toEqual([404, 'channelNotFound']);
    expect(refusal(await comment({ channelId: account.externalId, videoId, topLevelComment }, { query: '' }))).toEqual([400, 'required']);
    expect(refusal(await under('notThere123'))).toEqual([404, 'videoNotFound']);
  });

  it.each([
    ['is made for children', { selfDeclaredMadeForKids: true }],
    ['is private', { privacyStatus: 'private' }],
  ])('cannot stand under a video that %s, and neither can it be looked for', async (_what, status) => {
    const { publish, under, get } = commentsByHand();
    const videoId = await publish({ body: video({}, status) });
    expect(refusal(await under(videoId))).toEqual([403, 'commentsDisabled']);
    expect(refusal(await get(`commentThreads?part=snippet&videoId=${videoId}`))).toEqual([403, 'commentsDisabled']);
  });

  it('needs a scope of its own, also for the list', async () => {
    const { publish, under, get, sandbox } = commentsByHand();
    const videoId = await publish();
    const plain = sandbox.addAccount('youtube', { name: 'plain', scopes: [`${SCOPE}.upload`, `${SCOPE}.readonly`] });
    expect(refusal(await under(videoId, 'x', plain))).toEqual([403, 'insufficientPermissions']);
    expect(refusal(await get(`commentThreads?part=snippet&videoId=${videoId}`, plain))).toEqual([403, 'insufficientPermissions']);
  });

  it('costs 50 units', async () => {
    const { publish, under, get } = commentsByHand({ caps: { youtube: { units: 100 } } });
    const videoId = await publish();
    for (const text of ['one', 'two']) expect((await under(videoId, text)).status).toBe(200);
    expect(refusal(await under(videoId, 'three'))).toEqual([403, 'quotaExceeded']);
    expect(refusal(await get(`commentThreads?part=id&videoId=${videoId}`))).toEqual([403, 'quotaExceeded']);
  });
});
