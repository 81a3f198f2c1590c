import { describe, expect, it } from 'vitest';
import { claim } from '../../../core/workflow/claim.ts';
import { MAX_REPLACEMENTS, type ExecutionInput } from '../../../core/workflow.ts';
import { simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { clip, declared, OBJECT_KEY, uploadOf, withClip } from './support.ts';

const byKey = (objectKey: string) => ({ execution: 'execution-1', input: { v: 1, objectKey } }) as const;
const byId = (uploadId: string, execution = 'execution-1', predecessor: string | null = null) =>
  ({ execution, input: { v: 1, uploadId, predecessor } }) as const;
/** What Step Functions reports of an execution that ended. */
const byEnd = (executionArn: string, input: unknown) =>
  ({ source: 'aws.states', detail: { executionArn, input: JSON.stringify(input) } }) as const;
const assembly = { multipartId: 'multipart', sessionTokenHash: 'hash', parts: [] };

describe('claiming an upload', () => {
  it('by the key of its object', async () => {
    const world = await withClip();
    expect(await claim(world.ports, byKey(OBJECT_KEY))).toEqual({ v: 1, next: 'inspect', uploadId: world.uploadId, round: 0 });
    expect((await uploadOf(world)).claim).toEqual({ execution: 'execution-1', claimedAt: '2030-01-01T00:00:00Z' });
  });

  it('by its id', async () => {
    const world = await simulation();
    expect(await claim(world.ports, byId(world.uploadId))).toMatchObject({ next: 'inspect' });
  });

  it.each(['in/x', 'other/01J8ZC6Q4M2V9Y3K7T5B1N0X00/1.mp4', '', 'in/ten_1/01J8ZC6Q4M2V9Y3K7T5B1N0XZZ/1.mp4'])(
    'an object that no upload is made of (%j) ends quietly',
    async (key) => {
      const world = await simulation();
      expect(await claim(world.ports, byKey(key))).toMatchObject({ next: 'end' });
    },
  );

  it('an event that comes before the completion was noted goes on, and notes it', async () => {
    const world = await withClip({}, { upload: { assembly } });
    expect(await claim(world.ports, byKey(OBJECT_KEY))).toMatchObject({ next: 'inspect' });
    expect((await uploadOf(world)).assembly).toBeNull();
  });

  it('an upload whose object is not there yet ends quietly, and can be claimed later', async () => {
    const world = await simulation({ upload: { assembly, media: [declared()] } });
    expect(await claim(world.ports, byKey(OBJECT_KEY))).toMatchObject({ next: 'end' });
    world.media.put(OBJECT_KEY, clip, 'video/mp4');
    expect(await claim(world.ports, byKey(OBJECT_KEY))).toMatchObject({ next: 'inspect' });
  });

  it('an object of another size is not the one that was completed', async () => {
    const world = await withClip({ size: clip.length + 1 }, { upload: { assembly } });
    expect(await claim(world.ports, byKey(OBJECT_KEY))).toMatchObject({ next: 'end' });
  });

  it('twice by the same execution is harmless', async () => {
    const world = await simulation();
    await claim(world.ports, byId(world.uploadId));
    expect(await claim(world.ports, byId(world.uploadId))).toMatchObject({ next: 'inspect' });
  });

  it('by a second execution ends quietly', async () => {
    const world = await simulation();
    await claim(world.ports, byId(world.uploadId));
    expect(await claim(world.ports, byId(world.uploadId, 'execution-2'))).toMatchObject({ next: 'end' });
    expect((await uploadOf(world)).claim?.execution).toBe('execution-1');
  });

  it('by the successor of the execution that has it takes it over', async () => {
    const world = await simulation();
    await claim(world.ports, byId(world.uploadId));
    expect(await claim(world.ports, byId(world.uploadId, 'execution-2', 'execution-1'))).toMatchObject({ next: 'inspect' });
    expect(await claim(world.ports, byId(world.uploadId, 'execution-3', 'execution-1'))).toMatchObject({ next: 'end' });
  });

  it('in place of an execution that ended takes it over, unless another one has it by then', async () => {
    const world = await withClip();
    await claim(world.ports, byKey(OBJECT_KEY));
    const ended = byEnd('execution-1', { v: 1, objectKey: OBJECT_KEY });
    expect(await claim(world.ports, { execution: 'execution-2', input: ended })).toMatchObject({ next: 'inspect' });
    expect(await claim(world.ports, { execution: 'execution-3', input: ended })).toMatchObject({ next: 'end' });
    expect((await uploadOf(world)).claim?.execution).toBe('execution-2');
  });

  it('is left to the operator when three replacements in a row have ended too', async () => {
    const world = await withClip();
    await claim(world.ports, { execution: 'execution-0', input: { v: 1, objectKey: OBJECT_KEY } });
    let input: ExecutionInput = { v: 1, objectKey: OBJECT_KEY };
    for (let n = 1; n <= MAX_REPLACEMENTS; n += 1) {
      input = byEnd(`execution-${n - 1}`, input);
      expect(await claim(world.ports, { execution: `execution-${n}`, input })).toMatchObject({ next: 'inspect' });
    }
    const next = byEnd(`execution-${MAX_REPLACEMENTS}`, input);
    expect(await claim(world.ports, { execution: 'one too many', input: next })).toMatchObject({ next: 'end' });
  });

  it('by the end of an execution that was none of ours ends quietly, so that it cannot go round', async () => {
    const world = await simulation();
    const input = byEnd('by hand', { hello: 'world' });
    expect(await claim(world.ports, { execution: 'execution-1', input })).toMatchObject({ next: 'end' });
  });

  it('that is finished ends quietly', async () => {
    const world = await simulation();
    await world.time.run(world.runToRest());
    expect(await claim(world.ports, byId(world.uploadId, 'late', 'execution-1'))).toMatchObject({ next: 'end', reason: 'the upload is finished' });
  });

  it('that was cancelled before its event came ends with the announcement and nothing else', async () => {
    const world = await simulation();
    await world.store.cancelDeliveries({ uploadId: world.uploadId, revision: 1, accounts: null, at: '2030-01-01T00:00:00Z' });
    await world.time.run(world.start());
    expect(world.events).toEqual(['r2 Cancelled']);
    expect(world.network.calls).toEqual([]);
  });
});

describe('the same event many times at once', () => {
  it('starts one worth of work', async () => {
    const world = await simulation({ accounts: 2 });
    await world.time.run(Promise.all(Array.from({ length: 20 }, () => world.start())).then(() => undefined));
    expect(world.network.posts).toHaveLength(2);
    expect(world.events).toEqual(['r1 Uploaded']);
    expect(await brokenPromises(world)).toEqual([]);
  });
});
