import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Media } from '../../../core/model.ts';
import { inspect } from '../../../core/workflow/inspect.ts';
import { clip, claimed, clipSha256, firstDelivery, OBJECT_KEY, uploadOf, withClip } from './support.ts';

const picture = await readFile('test/media/clips/picture.png');

describe('inspecting a file', () => {
  it('that is what was declared: its facts are kept, and publishing begins', async () => {
    const world = await withClip();
    const plan = await inspect(world.ports, await claimed(world));
    expect(plan).toMatchObject({ next: 'publish', round: 1, jobs: [{ uploadId: world.uploadId, revision: 1 }] });
    const [media] = (await uploadOf(world)).media;
    expect(media).toMatchObject({
      contentType: 'video/mp4',
      sha256: clipSha256,
      inspectedAt: '2030-01-01T00:00:00Z',
      facts: { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac' },
    });
    expect(media?.facts?.duration).toBeGreaterThan(0);
  });

  it('whose digest the client did not give needs none', async () => {
    const world = await withClip({ sha256: null });
    expect(await inspect(world.ports, await claimed(world))).toMatchObject({ next: 'publish' });
    expect((await uploadOf(world)).media[0]?.sha256).toBeNull();
  });

  const wrong: readonly (readonly [string, Partial<Media>, Uint8Array | null, RegExp])[] = [
    ['of another size', { size: clip.length - 1 }, clip, /bytes/u],
    ['with another digest', { sha256: 'a'.repeat(64) }, clip, /SHA-256.*a{64}/u],
    ['that is no video', { size: 11, sha256: null }, new TextEncoder().encode('hello world'), /The file is a text\. Send a video/u],
    ['that is an image', { size: picture.length, sha256: null }, picture, /The file is an image \(image\/png\), not a video\. Send a video/u],
    ['that is gone', {}, null, /not stored any more/u],
  ];
  it.each(wrong)('%s: every delivery fails with a clear message, and nothing is sent', async (_what, media, bytes, message) => {
    const world = await withClip(media, { accounts: 2 });
    if (bytes === null) world.media.remove(OBJECT_KEY);
    else world.media.put(OBJECT_KEY, bytes, 'video/mp4');
    // Nothing is published: only the files wait for their end.
    expect(await inspect(world.ports, await claimed(world))).toMatchObject({ next: 'wait' });
    for (const delivery of await world.deliveries()) {
      expect(delivery).toMatchObject({ status: 'failed', error: { code: 'media_rejected', message: expect.stringMatching(message) } });
    }
    expect(world.events).toEqual(['r1 Failed']);
    expect(world.network.calls).toEqual([]);
  });

  it('that was wrong is looked at anew when a person retries', async () => {
    const world = await withClip({ sha256: 'a'.repeat(64) });
    await inspect(world.ports, await claimed(world));
    const { accountId } = await firstDelivery(world);
    await world.store.retryDeliveries({ uploadId: world.uploadId, accounts: [accountId], force: false, by: 'them', at: '2030-01-01T00:00:01Z' });
    await world.time.run(world.start('execution-1'));
    expect(await firstDelivery(world)).toMatchObject({ status: 'failed', error: { code: 'media_rejected' } });
    expect(world.network.calls).toEqual([]);
  });

  it('twice is harmless, and reads the file once', async () => {
    const world = await withClip();
    const input = await claimed(world);
    await inspect(world.ports, input);
    world.media.remove(OBJECT_KEY);
    expect(await inspect(world.ports, input)).toMatchObject({ next: 'publish' });
  });

  it('by an execution that has lost the upload changes nothing', async () => {
    const world = await withClip({ size: 1 });
    await claimed(world, 'execution-1');
    expect(await inspect(world.ports, { v: 1, uploadId: world.uploadId, round: 0, execution: 'execution-2' })).toMatchObject({ next: 'end' });
    expect((await firstDelivery(world)).status).toBe('pending');
  });

  it('that breaks a rule of one network only fails the deliveries there, with the rule', async () => {
    const world = await withClip({}, { upload: { title: 'forbidden' } });
    await inspect(world.ports, await claimed(world));
    expect(await firstDelivery(world)).toMatchObject({
      status: 'failed',
      error: { code: 'metadata_rejected', message: expect.stringContaining('testnet.video.title') },
    });
  });

  it('does not fail what a person edits in the middle of it', async () => {
    const world = await withClip({}, { upload: { title: 'forbidden' } });
    const input = await claimed(world);
    const edited = {
      ...world.ports,
      store: {
        ...world.ports.store,
        getAccounts: async (tenantId: string, ids: readonly string[]) => {
          const { uploadId } = world;
          await world.store.rescheduleUpload({ uploadId, revision: 1, edit: { title: 'Allowed' }, at: '2030-01-01T00:00:01Z' });
          return world.store.getAccounts(tenantId, ids);
        },
      },
    };
    expect(await inspect(edited, input)).toMatchObject({ next: 'publish', jobs: [{ revision: 2 }] });
    expect((await firstDelivery(world)).status).toBe('pending');
  });
});
