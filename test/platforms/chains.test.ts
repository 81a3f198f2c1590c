import { describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { DESCRIPTION, TITLE } from './support/records.ts';
import { operations, stage, when, type StageOptions } from './support/stage.ts';

/** Threads: a long text as several posts, on every network that has them. */

interface Known {
  /** The call that makes a post visible which answers another. */
  readonly call: string;
  /** A refusal for good, in the network's own words. */
  readonly refused: { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
}

const known: Readonly<Record<string, Known>> = {
  x: { call: 'replies.create', refused: { status: 403, body: { title: 'Forbidden', detail: 'Your post text is too long.', type: 'about:blank', status: 403 } } },
  threads: { call: 'reply.publish', refused: { status: 400, body: { error: { message: 'Invalid parameter', type: 'OAuthException', code: 100, is_transient: false } } } },
  bluesky: { call: 'reply.put', refused: { status: 400, body: { error: 'InvalidRequest', message: 'Invalid record' } } },
};

const NOBODY: Known = { call: '', refused: { status: 400, body: {} } };

const chained = platforms
  .filter(({ optionsSchema }) => 'thread' in optionsSchema.shape)
  .map((platform) => ({ platform, network: platform.network, ...(known[platform.network] ?? NOBODY) }));

const SENTENCES = Array.from({ length: 24 }, (_, n) => `Sentence ${n} says something about the harbour 🎬.`);
const LONG = `${SENTENCES.join(' ')} https://example.com/a?b=1&c=2 #harbour`;

function asked(network: string, more: object = {}): StageOptions {
  return { kind: 'text', upload: { description: LONG, options: { [network]: { thread: true, firstComment: 'And a comment', ...more } } } };
}

const joined = (texts: readonly (string | null)[]): string => texts.join(' ').replaceAll(/\s+/gu, ' ');

describe.each(chained)('a thread on $network', ({ platform, network, call, refused }) => {
  it('is the whole text in order, each part an answer to the one before, and the comment comes last', async () => {
    const world = await stage(platform, asked(network));
    const delivery = await world.run();
    const posts = await world.sandbox.posts(network);
    expect(posts.length).toBeGreaterThan(3);
    expect(posts.map(({ replyTo }) => replyTo)).toEqual([undefined, ...posts.slice(0, -1).map(({ id }) => id)]);
    expect(posts.at(-1)?.text).toBe('And a comment');
    expect(joined(posts.slice(0, -1).map(({ text }) => text))).toBe(joined([TITLE, LONG]));
    expect(delivery).toMatchObject({ status: 'uploaded', warnings: [], receipt: { externalId: posts[0]?.id } });
    expect(delivery.sequels.map(({ name }) => name)).toEqual([...posts.slice(2).map((_, index) => `part_${index + 2}`), 'comment']);
    expect(delivery.sequels.map(({ attempt }) => attempt)).toMatchObject(posts.slice(1).map(({ id }) => ({ phase: 'receipt', externalId: id })));
  });

  it('has its files in the first post', async () => {
    const world = await stage(platform, { ...asked(network), kind: 'photos' });
    await world.run();
    const [post, ...parts] = await world.sandbox.posts(network);
    expect(post).toMatchObject({ kind: 'photos', mediaSha256: world.sha256 });
    expect(parts.every(({ mediaSha256 }) => mediaSha256.length === 0)).toBe(true);
  });

  it('is one post of a text that has room in one, as it was written', async () => {
    const world = await stage(platform, { kind: 'text', upload: { options: { [network]: { thread: true } } } });
    expect(await world.run()).toMatchObject({ sequels: [], warnings: [] });
    expect(await world.sandbox.posts(network)).toMatchObject([{ text: `${TITLE}\n\n${DESCRIPTION}` }]);
  });

  it('goes on after each lost answer, and repeats nothing', async () => {
    const quiet = await stage(platform, asked(network));
    await quiet.run();
    const expected = (await quiet.sandbox.posts(network)).map(({ text }) => text);
    const world = await stage(platform, { ...asked(network), ...when(platform, call, 'always', () => ({ effect: 'drop_after' })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', warnings: [], decorated: true });
    expect((await world.sandbox.posts(network)).map(({ text }) => text)).toEqual(expected);
    expect(operations(world).filter((operation) => operation === call)).toHaveLength(expected.length - 1);
  });

  it('ends before a part that is refused, with a warning that names what is missing', async () => {
    const world = await stage(platform, { ...asked(network), ...when(platform, call, [2], () => ({ effect: 'refuse', ...refused })) });
    const delivery = await world.run();
    expect(await world.sandbox.posts(network)).toHaveLength(2);
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringMatching(/^The post is live; not published: part 3, .*the first comment/u)] });
    expect(await world.account()).toMatchObject({ health: 'active' });
  });
});
