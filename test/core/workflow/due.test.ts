import { describe, expect, it } from 'vitest';
import { due } from '../../../core/workflow/due.ts';
import { times } from '../../../core/times.ts';
import { claimed, OBJECT_KEY, withClip } from './support.ts';


describe('the files of an upload that has ended', () => {
  it('stay as long as it may be retried, and are let go then', async () => {
    const world = await withClip();
    const started = world.time.now().getTime();
    await world.time.run(world.runToRest());
    expect(world.media.isReleased(OBJECT_KEY)).toBe(true);
    expect((world.time.now().getTime() - started) / 1000).toBeGreaterThanOrEqual(world.ports.times.mediaKept);
  });

  it('are kept for seven days', () => {
    expect(times.standard.mediaKept).toBe(7 * 86_400);
  });

  it('are not let go by an execution that has lost the upload', async () => {
    const world = await withClip();
    await claimed(world);
    const input = { v: 1, uploadId: world.uploadId, round: 0, execution: 'another one' } as const;
    expect(await due(world.ports, input)).toMatchObject({ next: 'end' });
    expect(world.media.isReleased(OBJECT_KEY)).toBe(false);
  });
});
