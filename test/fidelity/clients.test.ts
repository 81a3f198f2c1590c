import { describe, expect, inject, it } from 'vitest';
import { APP_PASSWORD } from '../../sandbox/bluesky/accounts.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { photo, video } from './support/files.ts';
import { runProgram, type Runtime } from './support/program.ts';
import { callsOf, newAccount, postsOf, type SandboxPost } from './support/sandbox.ts';

/**
 * Programs that nobody here wrote publish to the stand-ins of `npm start`, without any change but of the address: what they send
 * is taken, what they are answered is what they expect, and the post is there with its bytes and words.
 */

const TITLE = 'Grüße 🎬 from the harbour';
const TEXT = 'All of it & more: 100% #harbour';

interface Program {
  /** The package. */
  readonly name: string;
  readonly network: string;
  readonly runtime: Runtime;
  readonly file: string;
  readonly kinds: readonly SandboxPost['kind'][];
  /** What a reader sees; the title and the text if left out. */
  readonly words?: Pick<SandboxPost, 'title' | 'text'>;
  /** So many times the photo; once if left out. */
  readonly photos?: number;
  /** Every call that reaches the network, where the program is the only one of its. */
  readonly calls?: readonly string[];
}

const textOnly = { title: null, text: TEXT };
/** A slice, the question how far it is, and the rest. */
const SLICES = ['upload.start', 'upload.slice', 'upload.probe', 'upload.slice', 'upload.slice', 'upload.last-slice', 'videos.list'];

const programs: readonly Program[] = [
  { name: 'google-api-python-client', network: 'youtube', runtime: 'current', file: 'youtube.py', kinds: ['video'], calls: SLICES },
  { name: 'xdk (PyPI)', network: 'x', runtime: 'current', file: 'x-xdk.py', kinds: ['text', 'photos', 'video'], words: textOnly },
  { name: '@xdevplatform/xdk', network: 'x', runtime: 'node', file: 'x-xdk.mjs', kinds: ['text', 'photos', 'video'], words: textOnly },
  { name: 'twitter-api-v2', network: 'x', runtime: 'node', file: 'x-twitter-api-v2.mjs', kinds: ['text', 'photos', 'video'], words: textOnly },
  { name: 'praw', network: 'reddit', runtime: 'current', file: 'reddit.py', kinds: ['text', 'photos', 'video'], photos: 2 },
  { name: 'facebook-business', network: 'facebook', runtime: 'current', file: 'facebook.py', kinds: ['text', 'photos', 'video'], words: textOnly, photos: 2 },
  { name: 'python-facebook-api', network: 'instagram', runtime: 'older', file: 'instagram.py', kinds: ['photos', 'video'], words: textOnly },
  { name: 'threads-client', network: 'threads', runtime: 'older', file: 'threads.py', kinds: ['text', 'photos', 'video'], words: textOnly },
  { name: 'pinterest-api-sdk', network: 'pinterest', runtime: 'older', file: 'pinterest.py', kinds: ['photos', 'video'] },
  { name: '@atproto/api', network: 'bluesky', runtime: 'node', file: 'bluesky.mjs', kinds: ['text', 'photos', 'video'], words: textOnly },
];

describe.concurrent.each(programs)("$name at $network's stand-in", ({ network, runtime, file, kinds, words = { title: TITLE, text: TEXT }, photos = 1, calls }) => {
  it.each(kinds)('publishes: %s', async (kind) => {
    const { sandboxUrl, mediaUrl } = inject('fidelity');
    const account = await newAccount(network, 'Ada');
    const { app } = networkSettings(network, sandboxUrl);
    const given = { url: `${sandboxUrl}/${network}`, media: mediaUrl, account, app, password: APP_PASSWORD, kind, title: TITLE, text: TEXT, video: video.path, photo: photo.path };
    const said = await runProgram(runtime, file, given);

    const [post, ...others] = await postsOf(network, account);
    const sha256 = { text: [], photos: Array.from({ length: photos }, () => photo.sha256), video: [video.sha256] }[kind];
    expect(post).toEqual({ id: expect.any(String), accountId: account.externalId, kind, ...words, mediaSha256: sha256 });
    expect(others).toEqual([]);
    expect(said).toEqual({ id: post?.id });
    const made = (await callsOf(network)).map(({ operation }) => operation);
    expect(made).not.toContain('unknown');
    if (calls !== undefined) expect(made).toEqual(calls);
  });
});
