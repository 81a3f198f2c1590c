import { describe, expect, it } from 'vitest';
import type { SimulationOptions } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Mishap } from '../support/worker.ts';
import { staged } from './support.ts';

const MISHAPS: readonly Mishap[] = ['die_before', 'die_after', 'answer_lost', 'busy'];

/**
 * One request that completes a session, the workflow that follows, and the job; the nth call of all of them meets with
 * something. No task of the machine is tried again, so that its execution dies of it.
 */
async function run(options: SimulationOptions, n: number, mishap: Mishap | undefined): Promise<{ calls: number; wrong: readonly string[] }> {
  const { world, session, complete } = await staged({ ...options, retries: 0, mishap: ({ index }) => (index === n ? mishap : undefined) });
  const begun = world.calls();
  await world.time.run(
    (async () => {
      await complete();
      await world.time.sleep(300);
      await world.reconcileToRest();
    })(),
  );
  const wrong = [...(await brokenPromises(world))];
  const record = await world.store.getUpload(session.uploadId);
  const { objectKey, multipartId } = session;
  const parts = await world.media.listParts({ objectKey, multipartId });
  if (parts !== null) wrong.push('parts were left behind');
  if (record === null) {
    // The request died before anything was written: nothing was promised.
    if ((await world.store.getSession(session.tokenHash))?.state !== 'aborted') wrong.push('the session is still open');
  } else {
    if (record.upload.closedRevision !== 1) wrong.push('not closed');
    if (!world.events.some((event) => event.startsWith('r1 '))) wrong.push('not announced');
    for (const { accountId, status } of record.deliveries) if (status !== 'uploaded') wrong.push(`${accountId} ended ${status}`);
    if (record.upload.watchAt !== null) wrong.push('still looked after');
  }
  return { calls: world.calls() - begun, wrong };
}

describe('whatever single call is lost, and whoever dies of it', () => {
  it.each([
    ['an upload', {}],
    ['an upload whose event is lost', { eventArrives: () => false }],
    ['an upload to two accounts', { accounts: 2 }],
  ] satisfies [string, SimulationOptions][])('%s comes to a true end, and is never published twice', async (_, options) => {
    const { calls, wrong } = await run(options, -1, undefined);
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(30);
    const broken: string[] = [];
    for (let n = 0; n < calls; n += 1) {
      for (const mishap of MISHAPS) {
        const result = await run(options, n, mishap);
        if (result.wrong.length > 0) broken.push(`${JSON.stringify(mishap)} at ${n}: ${result.wrong.join(', ')}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('an execution that ends without a word after any of its states is replaced', async () => {
    for (let n = 2; n < 8; n += 1) {
      for (const last of [n, n + 6]) {
        const result = await run({ vanishes: (invocations) => invocations >= n && invocations <= last }, -1, undefined);
        expect([n, last, result.wrong]).toEqual([n, last, []]);
      }
    }
  });
});
