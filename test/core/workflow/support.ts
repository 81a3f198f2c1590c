import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Delivery, Media, Upload } from '../../../core/model.ts';
import type { PlanInput } from '../../../core/workflow.ts';
import { simulation, type Simulation, type SimulationOptions } from '../simulation.ts';

/** A real clip: H.264 and AAC. */
export const clip = new Uint8Array(readFileSync(new URL('../../../local/demo-small.mp4', import.meta.url)));
export const clipSha256 = createHash('sha256').update(clip).digest('hex');

export const OBJECT_KEY = 'in/ten_01J8YV0D3S6H8P2Q4R5T7W9XZA/01J8ZC6Q4M2V9Y3K7T5B1N0X00/1.mp4';

/** The clip as a client declares it; `changes` is what the client, or the world, has wrong. */
export function declared(changes: Partial<Media> = {}): Media {
  return {
    mediaId: 'med_1',
    objectKey: OBJECT_KEY,
    fileName: 'clip.mp4',
    size: clip.length,
    contentType: 'video/mp4',
    sha256: clipSha256,
    facts: null,
    image: null,
    inspectedAt: null,
    ...changes,
  };
}

/** A world whose upload has the clip in storage and has not been looked at. */
export async function withClip(media: Partial<Media> = {}, options: SimulationOptions = {}): Promise<Simulation> {
  const world = await simulation({ ...options, upload: { media: [declared(media)], ...options.upload } });
  world.media.put(OBJECT_KEY, clip, 'video/mp4');
  return world;
}

/** Gives the upload to an execution, as `claim` does, and returns the input of its next state. */
export async function claimed(world: Simulation, execution = 'execution-1'): Promise<PlanInput> {
  const claim = { execution, claimedAt: '2030-01-01T00:00:00Z' };
  await world.store.claimUpload({ uploadId: world.uploadId, claim, predecessor: null });
  return { v: 1, uploadId: world.uploadId, round: 0, execution };
}

export async function uploadOf(world: Simulation): Promise<Upload> {
  const record = await world.store.getUpload(world.uploadId);
  if (record === null) throw new Error('There is no upload.');
  return record.upload;
}

export async function firstDelivery(world: Simulation): Promise<Delivery> {
  const [delivery] = await world.deliveries();
  if (delivery === undefined) throw new Error('There is no delivery.');
  return delivery;
}
