import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoFacts } from '../../core/model.ts';
import type { PublishTools, TransferTools } from '../../core/ports/index.ts';
import { platforms } from '../../platforms/registry.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { startSandbox, type SandboxServer } from '../../sandbox/server.ts';
import { streamed, workOf } from './support/tools.ts';

/** The real transport between the connectors and the stand-ins, over sockets. */

const file = readFileSync(new URL('../../local/demo.mp4', import.meta.url));
/** Of the clip, as an inspection finds them. */
const FACTS: VideoFacts = { container: 'mp4', duration: 10.006, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 };
const media = createServer((_request, response) => response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': file.byteLength }).end(file));
let sandbox: SandboxServer;
let mediaUrl = '';

beforeAll(async () => {
  sandbox = await startSandbox({ processingSeconds: 0.1 });
  media.listen(0, '127.0.0.1');
  await once(media, 'listening');
  const address = media.address();
  mediaUrl = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/one.mp4?X-Amz-Signature=a&b=c%2Fd` : '';
});

afterAll(async () => {
  media.closeAllConnections();
  media.close();
  await sandbox.stop();
});

describe.each(platforms)('$title over HTTP', (platform) => {
  const transport = httpTransport({ defaultTimeout: 10 });

  it('gets the whole file, publishes it, and is found when it is looked for', async () => {
    const linked = sandbox.sandbox.addAccount(platform.network, { name: 'Ada' });
    const settings = networkSettings(platform.network, sandbox.url);
    let checkpoint: unknown = null;
    const tools: TransferTools & PublishTools = {
      send: (request) => transport.send(request),
      sendOnce: (request) => transport.send(request, { fresh: true }),
      accessToken: () => Promise.resolve(linked.accessToken),
      binding: () => Promise.resolve(null),
      endpoints: settings.endpoints,
      app: settings.app,
      now: () => new Date(),
      readRange: (_media, start, end) => Promise.resolve(file.subarray(start, end + 1)),
      streamRange: (_media, start, length) => streamed(file.subarray(start, start + length)),
      signGet: () => Promise.resolve(mediaUrl),
      saveCheckpoint: (data) => Promise.resolve(void (checkpoint = data)),
      keepLimits: () => Promise.resolve(),
      hasTime: () => true,
      sleep: () => Promise.resolve(),
    };
    const account = { accountId: 'acc_1', externalId: linked.externalId, name: linked.name, limits: {} };
    const [video] = workOf(file.byteLength).upload.media;
    if (video === undefined) throw new Error('There is no video.');
    const work = () => workOf(file.byteLength, { account, options: linked.defaults, checkpoint, upload: { title: 'Grüße 🎬', media: [{ ...video, facts: FACTS }] } });

    await expect
      .poll(
        async () => {
          const outcome = await platform.transfer(work(), tools);
          if (outcome.kind === 'ready') ({ checkpoint } = outcome);
          return outcome.kind;
        },
        { timeout: 5000 },
      )
      .toBe('ready');
    const body = platform.compose(work());
    const armedAt = new Date().toISOString();
    expect(await platform.confirm(work(), body, { n: 1, armedAt }, tools)).toMatchObject({ kind: 'absent', artefactLost: false });
    expect(await sandbox.sandbox.posts(platform.network)).toEqual([]);

    const published = await platform.publish(work(), body, tools);
    // A network that only accepts it now says later what came of it.
    const confirmed = () => platform.confirm(work(), body, { n: 1, armedAt }, tools);
    await expect.poll(async () => (await confirmed()).kind, { timeout: 5000 }).toBe('found');
    const [post, ...more] = await sandbox.sandbox.posts(platform.network);
    expect(more).toEqual([]);
    expect(post?.mediaSha256).toEqual([createHash('sha256').update(file).digest('hex')]);
    expect([post?.title, post?.text].filter(Boolean).join('\n\n')).toBe('Grüße 🎬\n\nWhat it is about');
    expect(['published', 'accepted']).toContain(published.kind);
    if (published.kind === 'published') expect(published.externalId).toBe(post?.id);
    expect(await confirmed()).toMatchObject({ kind: 'found', externalId: post?.id });
    const decorated = await platform.decorate?.(work(), { externalId: post?.id ?? '' }, tools);
    expect(decorated?.warnings ?? []).toEqual([]);
  });
});
