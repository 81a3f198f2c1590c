import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import { limits } from '../../../core/limits.ts';
import { completeMedia } from '../../../core/media/complete.ts';
import { beginSession } from '../../../core/sessions.ts';
import { retention } from '../../../core/retention.ts';
import { times } from '../../../core/times.ts';
import { simulation, type SimulationOptions } from '../simulation.ts';
import { TENANT } from '../support/records.ts';
import { clip } from '../workflow/support.ts';

const { standard } = times;
const DAY = 86_400;
const defaultPlan = { deliveriesPerMonth: 1_000, requestsPerSecond: 1, burst: 1 };

/** A world with one session of a file by itself, whose bytes were sent. */
async function sent(options: SimulationOptions = {}) {
  const world = await simulation({ ...options, uploads: 0 });
  const file = { fileName: 'clip.mp4', fileSize: clip.length, contentType: 'video/mp4', sha256: null };
  const { sessionToken, session } = await beginSession({ ...world.ports, defaultPlan }, TENANT, { metadata: null, file, parts: 'single' });
  await world.media.putPart({ objectKey: session.objectKey, multipartId: session.multipartId, partNumber: 1, bytes: clip });
  const complete = () => world.request((ports) => completeMedia(ports, TENANT, { sessionToken, parts: [] }));
  const mediaId = `med_${session.fileId.slice('file_'.length)}`;
  return { world, session, complete, mediaId, recordOf: () => world.store.getMedia(mediaId) };
}

describe('a file by itself', () => {
  it('is put together by the job if the request died in between', async () => {
    const { world, session, complete, recordOf } = await sent();
    const { media: storage } = world.ports;
    Object.assign(world.ports, { media: { ...storage, completeMultipart: () => Promise.resolve('pending') } });
    await world.time.run(
      (async () => {
        await complete();
        expect((await recordOf())?.assembly).not.toBeNull();
        Object.assign(world.ports, { media: storage });
        await world.time.sleep(standard.watchNew + 120);
        await world.reconcile();
      })(),
    );
    const media = await recordOf();
    expect(media).toMatchObject({ assembly: null, watchAt: media?.keptUntil });
    expect(await world.media.head(session.objectKey)).not.toBeNull();
    expect(world.media.isReleased(session.objectKey)).toBe(false);
  });

  it('is let go after its time, though no upload was ever made of it', async () => {
    const { world, session, complete, recordOf } = await sent();
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(limits.mediaUsable - 60);
        await world.reconcile();
        expect(world.media.isReleased(session.objectKey)).toBe(false);
        await world.time.sleep(120);
        await world.reconcile();
      })(),
    );
    expect(world.media.isReleased(session.objectKey)).toBe(true);
    expect(await recordOf()).toMatchObject({ watchAt: null, releasedAt: expect.any(String) });
  });

  it('is kept beyond it while an upload needs it', async () => {
    const { world, session, complete, mediaId, recordOf } = await sent();
    const { store } = world;
      await world.time.run(
      (async () => {
        await complete();
        Object.assign(world.ports, { store: { ...store, releaseMedia: () => Promise.resolve('needed') } });
        await world.time.sleep(limits.mediaUsable + 60);
        await world.reconcile();
        const kept = await recordOf();
        expect([kept?.releasedAt, (kept?.watchAt ?? '') > (kept?.keptUntil ?? '')]).toEqual([null, true]);
        Object.assign(world.ports, { store });
        await world.time.sleep(standard.watchIdle + 60);
        await world.reconcile();
      })(),
    );
    expect(world.media.isReleased(session.objectKey)).toBe(true);
    expect(await world.store.getMedia(mediaId)).toMatchObject({ watchAt: null });
  });

  it('is there for the last upload that could be made of it, before storage forgets everything', () => {
    const lastDay = (limits.mediaUsable + 366 * DAY + standard.outageEnds + standard.mediaKept) / DAY;
    expect(lastDay).toBeLessThan(retention.everything);
    expect(timestampAfter(new Date('2026-01-01T00:00:00Z'), limits.mediaUsable)).toBe('2026-01-22T00:00:00Z');
  });
});
