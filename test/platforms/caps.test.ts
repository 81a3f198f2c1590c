import { describe, expect, it } from 'vitest';
import type { Trouble, TransferTools, PublishTools } from '../../core/ports/index.ts';
import { memoryMedia } from '../../media/memory.ts';
import { probeFile } from '../../media/probe.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { inProcess, testClock } from '../sandbox/in-process.ts';
import { clip, padded } from './support/stage.ts';
import { streamed, workOf } from './support/tools.ts';

/**
 * A network whose cap is reached: the posts up to it are made, the next one is not, and the connector says until when it is to wait,
 * after which it is made. Each stand-in enforces its network's caps, with small numbers here.
 */

const BASE_URL = 'http://sandbox.test';
/** Posts that the cap allows. */
const CAP = 2;

/** By network, the stand-in's names of the caps on publishing, and whether the connector is told of one before it sends anything. */
const CAPS: Readonly<Record<string, readonly (readonly [cap: string, before: boolean])[]>> = {
  youtube: [['uploadsPerProject', true], ['uploadsPerChannel', true]],
  tiktok: [['postsPerDay', true]],
  instagram: [['postsPerDay', true]],
  threads: [['postsPerDay', true]],
  facebook: [['reelsPerDay', false]],
  linkedin: [['postsPerDay', false]],
  x: [['posts', false], ['postsPerApp', false]],
  pinterest: [],
  reddit: [['postsPer10Minutes', false]],
  bluesky: [['videosPerDay', true]],
};

const cases = platforms.flatMap((platform) => (CAPS[platform.network] ?? []).map(([cap, before]) => [platform.network, cap, platform, before] as const));

/** An account at the stand-in with that cap, to which videos are published one after the other. */
async function worldOf(platform: Platform, cap: string) {
  const { network } = platform;
  const clock = testClock();
  const media = memoryMedia({ clock });
  const sandbox = createSandbox({
    clock,
    baseUrl: BASE_URL,
    processingSeconds: 1,
    sleep: clock.sleep,
    fetch: async (url) => {
      const response = await media.fetch(url);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
    },
    caps: { [network]: { [cap]: CAP } },
  });
  const linked = sandbox.addAccount(network, { name: 'Ada', accessTokenLife: 30 * 24 * 3600 });
  const wire = inProcess(sandbox, clock);
  const probe = await probeFile(async (start, end) => clip.subarray(start, end + 1), clip.byteLength);
  const [video] = workOf(clip.byteLength).upload.media;
  if (video === undefined || probe.kind !== 'video') throw new Error('There is no video.');

  /** Null: it was published. */
  let uploads = 0;
  const publish = async (title: string): Promise<Trouble | null> => {
    let checkpoint: unknown = null;
    // Some networks' keys are made of the upload's.
    const uploadId = `upl_01J8ZC6Q4M2V9Y3K7T5B1N0X${String((uploads += 1)).padStart(2, '0')}`;
    // Of the same bytes, some make no second video.
    const bytes = padded(clip, clip.byteLength + 16 * uploads);
    media.put('in/one.mp4', bytes, 'video/mp4');
    const tools: TransferTools & PublishTools = {
      send: (request) => wire.send(request),
      sendOnce: (request) => wire.send(request),
      accessToken: () => Promise.resolve(linked.accessToken),
      binding: () => Promise.resolve(null),
      ...networkSettings(network, BASE_URL),
      now: () => clock.now(),
      readRange: (_media, start, end) => Promise.resolve(bytes.subarray(start, end + 1)),
      streamRange: (_media, start, length) => streamed(bytes.subarray(start, start + length)),
      signGet: ({ objectKey }, expiresIn) => media.signGet({ objectKey, expiresIn }),
      saveCheckpoint: (data) => Promise.resolve(void (checkpoint = data)),
      keepLimits: () => Promise.resolve(),
      hasTime: () => true,
      sleep: (seconds) => clock.sleep(seconds * 1000),
    };
    const account = { accountId: 'acc_1', externalId: linked.externalId, name: linked.name, limits: {} };
    const work = () => workOf(bytes.byteLength, { account, options: linked.defaults, checkpoint, upload: { uploadId, title, media: [{ ...video, size: bytes.byteLength, facts: probe.facts }] } });
    for (let turn = 0; turn < 100; turn += 1) {
      const outcome = await platform.transfer(work(), tools);
      if (outcome.kind === 'trouble') return outcome.trouble;
      if (outcome.kind === 'ready') {
        ({ checkpoint } = outcome);
        const published = await platform.publish(work(), platform.compose(work()), tools);
        if (published.kind === 'published' || published.kind === 'accepted') return null;
        if (published.kind === 'refused') return published.trouble;
        throw new Error(`Nobody expected ${JSON.stringify(published)}.`);
      }
      clock.advance(Math.max(1, outcome.afterSeconds));
    }
    throw new Error('It is never ready.');
  };
  return { clock, sandbox, publish };
}

describe.each(cases)('%s: %s', (network, cap, platform, before) => {
  it('lets as many posts through as it allows, then waits as long as it has to', async () => {
    const { clock, sandbox, publish } = await worldOf(platform, cap);
    for (let n = 1; n <= CAP; n += 1) expect(await publish(`Post ${n}`), `post ${n} of ${CAP}`).toBeNull();
    const calls = async () => (await sandbox.calls(network)).length;
    const sofar = await calls();
    const trouble = await publish('One too many');
    expect(trouble).toMatchObject({ class: expect.stringMatching(/^(?:quota|rate_limited)$/u), code: expect.stringMatching(/^(?:quota_exhausted|rate_limited)$/u), until: expect.any(Date) });
    if (before) expect((await calls()) - sofar).toBeLessThanOrEqual(3);
    const until = trouble?.until ?? clock.now();
    expect(until.getTime()).toBeGreaterThan(clock.now().getTime());
    expect(until.getTime()).toBeLessThanOrEqual(clock.now().getTime() + 25 * 3600 * 1000);
    clock.advance(1 + (until.getTime() - clock.now().getTime()) / 1000);
    // Where the network does not say when, it may have to be asked more than once.
    for (let hour = 0; hour < 25 && (await publish('One too many')) !== null; hour += 1) clock.advance(3600);
    expect((await sandbox.posts(network)).filter(({ title, text }) => `${title ?? ''}${text ?? ''}`.includes('One too many'))).toHaveLength(1);
  });
});

describe('every network', () => {
  it('says which caps it has, and is tried here at those on publishing', () => {
    expect(Object.keys(CAPS).toSorted()).toEqual(platforms.map(({ network }) => network).toSorted());
  });
});
