import { describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { operations, stage, together, when, type StageOptions } from './support/stage.ts';
import { broken } from './support/subjects.ts';

/** First comments, as every network has them that has any: options, the call, and accounts that may not comment. */

const commented = platforms.filter(({ optionsSchema }) => 'firstComment' in optionsSchema.shape).map((platform) => ({ platform, network: platform.network }));

const COMMENT = 'More & <more> of it: https://example.com/a?b=1&c=2';

interface Known {
  /** The call that makes a comment, and the one that tells whether it is there. */
  readonly calls: readonly [string, string];
  /** What an account is linked with that may make posts and no comments; left out: the one permission is for both. */
  readonly without?: readonly string[];
  /** Other options that the network demands. */
  readonly options?: object;
}

const CALLS = ['comment.create', 'comments.list'] as const;

const known: Readonly<Record<string, Known>> = {
  youtube: {
    calls: ['comment-threads.insert', 'comment-threads.list'],
    without: ['https://www.googleapis.com/auth/youtube.upload', 'https://www.googleapis.com/auth/youtube.readonly'],
  },
  instagram: { calls: CALLS, without: ['instagram_business_basic', 'instagram_business_content_publish'] },
  facebook: { calls: CALLS, without: ['pages_show_list', 'pages_read_engagement', 'pages_manage_posts'] },
  threads: { calls: ['reply.publish', 'container.read'], without: ['threads_basic', 'threads_content_publish'] },
  x: { calls: ['replies.create', 'posts.list'] },
  // What a session by app password may do is all one.
  bluesky: { calls: ['reply.put', 'record.read'] },
  linkedin: { calls: CALLS },
  reddit: { calls: CALLS, options: { subreddit: 'u_ada' } },
};

function asked({ kinds, network }: (typeof commented)[number]['platform'], more: Pick<StageOptions, 'scopes'> = {}): StageOptions {
  const kind = kinds.includes('text') ? 'text' : (kinds[0] ?? 'video');
  return { kind, upload: { options: { [network]: { firstComment: COMMENT } } }, ...more };
}

describe.each(commented)('a first comment on $network', ({ platform, network }) => {
  const { calls: [call, list], without, options } = known[network] ?? { calls: ['', ''] };

  it('stands under the post, by the account, once, before the post is looked at', async () => {
    const world = await stage(platform, asked(platform));
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', warnings: [], decorated: true, sequels: [{ name: 'comment', attempt: { phase: 'receipt' } }] });
    const [post, comment, ...others] = await world.sandbox.posts(network);
    expect(post).toMatchObject({ id: delivery.receipt?.externalId });
    expect(comment).toMatchObject({ accountId: world.linked.externalId, kind: 'text', text: COMMENT, mediaSha256: [], replyTo: post?.id });
    expect(others).toEqual([]);
    const [sequel] = delivery.sequels;
    expect(sequel?.attempt).toMatchObject({ externalId: comment?.id });
    expect(operations(world).filter((operation) => operation === call)).toHaveLength(1);
    expect(world.seen.filter(({ fresh }) => fresh)).toHaveLength(2);
  });

  it('is left out with a warning where it is refused, and neither the post nor the link is to blame', async () => {
    const refuse = when(platform, call, 'always', () => ({ effect: 'refuse', status: 403, body: 'forbidden' }));
    const world = await stage(platform, { ...asked(platform, without === undefined ? {} : { scopes: without }), ...(without === undefined && refuse) });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringMatching(/^The post is live; .*first comment/u)] });
    expect(await world.sandbox.posts(network)).toHaveLength(1);
    expect(await world.account()).toMatchObject({ health: 'active' });
    if (without !== undefined) expect(delivery.warnings[0]).toMatch(/permission/u);
  });

  it('stays open where nobody can tell whether a lost one is there, and is not made again', async () => {
    let sent = false;
    const lost = when(platform, call, [1], () => {
      sent = true;
      return { effect: 'drop_after' };
    });
    const blind = when(platform, list, 'always', () => (sent ? { effect: 'refuse', status: 500, body: 'Internal error' } : undefined));
    const world = await stage(platform, { ...asked(platform), ...together(lost, blind) });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringContaining('the first comment may be there or not')] });
    expect(await world.sandbox.posts(network)).toHaveLength(2);
    expect(operations(world).filter((operation) => operation === call)).toHaveLength(1);
  });

  it('has words', () => {
    const kind = platform.kinds.includes('text') ? 'text' : 'video';
    const said = (firstComment: string) => broken(platform, { kind, options: { ...options, firstComment } });
    expect(said(' ')).toEqual([`${network}.${kind}.first_comment_required`]);
    expect(said('')).toEqual([`${network}.${kind}.options`]);
    expect(said('x')).toEqual([]);
  });
});

