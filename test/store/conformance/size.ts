import { describe, expect, it } from 'vitest';
import { limits } from '../../../core/limits.ts';
import type { Store } from '../../../core/ports/index.ts';
import { at, hashOf } from './records.ts';
import { mustMove, newWorker } from './worker.ts';

const LIMIT = 4_096;
/** Four bytes each. */
const long = (characters: number) => '👍'.repeat(characters);
const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

export function sizeConformance(store: () => Store): void {
  describe('the size of a delivery', () => {
    it('cuts evidence to 200 characters, none of them in two', async () => {
      const worker = await newWorker(store());
      for (const [characters, kept] of [[199, 199], [200, 200], [201, 200]] as const) {
        const { attempt } = await worker.armed();
        const disarm = { tenantId: worker.tenantId, attempt, kind: 'absent', evidence: long(characters), at: at(106) } as const;
        const evidence = mustMove(await store().disarm(worker.ref, disarm)).proofs.at(-1)?.evidence ?? '';
        expect(Array.from(evidence)).toHaveLength(kept);
        expect(evidence.isWellFormed()).toBe(true);
      }
    });

    it('cuts what a network says to 2 kB, and keeps our own words before it', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      const error = { code: 'internal_error', message: 'Ours.', platformCode: long(500), platformMessage: long(5_000) } as const;
      const paused = await store().pause(worker.ref, { fence, status: 'retrying', trouble: null, nextAt: null, error, at: at(102) });
      const kept = mustMove(paused).error;
      expect(kept?.message).toBe('Ours.');
      expect(kept?.platformMessage?.startsWith(long(10))).toBe(true);
      expect(kept?.platformMessage?.isWellFormed()).toBe(true);
      const bytes = [kept?.message, kept?.platformCode, kept?.platformMessage].map((text) => Buffer.byteLength(text ?? ''));
      expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2_000);
    });

    it('stays under 4 kB at its worst, and loses no fact by it', async () => {
      const worker = await newWorker(store());
      const text = long(3_000);
      const error = { code: 'internal_error', message: text, platformCode: text, platformMessage: text } as const;
      const arn = `arn:aws:states:us-east-1:123456789012:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
      const data = { uri: 'u'.repeat(1_400) };
      let fence = 0;
      for (let n = 1; n <= 11; n += 1) {
        fence = mustMove(await store().beginStep(worker.ref, { revision: 1, execution: arn, at: at(n) })).fence;
        mustMove(await worker.save(fence, data));
        const pause = { fence, status: 'retrying', trouble: `look_up_${n}`, nextAt: at(n), error, at: at(n) } as const;
        expect(size(mustMove(await store().pause(worker.ref, pause)))).toBeLessThan(LIMIT);
        const armed = mustMove(await worker.arm(fence, { fingerprint: hashOf('body') }));
        const disarm = { tenantId: worker.tenantId, attempt: armed.attempt.n, kind: 'absent', evidence: text, at: at(n) } as const;
        expect(size(mustMove(await store().disarm(worker.ref, disarm)))).toBeLessThan(LIMIT);
      }
      const armed = mustMove(await worker.arm(fence, { fingerprint: hashOf('body') }));
      const receipt = { attempt: armed.attempt.n, externalId: 'i'.repeat(200), externalUrl: `https://alpha.example/${'p'.repeat(200)}`, at: at(20) };
      mustMove(await store().receipt(worker.ref, { tenantId: worker.tenantId, receipt, at: at(20) }));
      const begun = mustMove(await worker.beginDecorate());
      for (let n = 0; n < 3; n += 1) {
        const decoration = { fence: begun.fence, warnings: Array.from({ length: 9 }, () => text), externalUrl: null, at: at(21) };
        mustMove(await store().recordDecoration(worker.ref, decoration));
      }
      const end = await worker.now();
      expect(size(end)).toBeLessThan(LIMIT);
      expect(end).toMatchObject({ receipt, checkpoint: { data }, attempt: { n: 12 }, tries: { look_up_1: 1, look_up_11: 1 } });
      expect(end.warnings.length).toBeGreaterThan(0);
      expect(end.proofs.at(-1)).toMatchObject({ attempt: 11, kind: 'absent' });
    });

    it('stays under 4 kB with the longest thread, and forgets none of it', async () => {
      const worker = await newWorker(store());
      const { tenantId, ref } = worker;
      const arn = `arn:aws:states:us-east-1:123456789012:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
      const error = { code: 'internal_error', message: long(500), platformCode: null, platformMessage: long(500) } as const;
      mustMove(await store().beginStep(ref, { revision: 1, execution: arn, at: at(1) }));
      const { attempt, fence: begun } = await worker.armed();
      mustMove(await worker.save(begun, { blobs: 'b'.repeat(600) }));
      const post = { externalId: `at://did:plc:${'i'.repeat(24)}/app.bsky.feed.post/${'r'.repeat(13)}`, externalUrl: `https://bsky.app/profile/did:plc:${'i'.repeat(24)}/post/${'r'.repeat(13)}` };
      mustMove(await store().receipt(ref, { tenantId, receipt: { attempt, ...post, at: at(20) }, at: at(20) }));
      const names = [...Array.from({ length: limits.threadParts - 1 }, (_, n) => `part_${n + 2}` as const), 'comment' as const];
      const { fence } = mustMove(await store().beginDecorate(ref, { execution: arn, sequels: names, at: at(21) }));
      let n = attempt;
      for (const [sequel, name] of names.entries()) {
        for (const last of [false, true]) {
          n += 1;
          mustMove(await store().saveCheckpoint(ref, { fence, sequel, checkpoint: { version: 1, ready: true, data: { container: 'c'.repeat(100) } }, at: at(22) }));
          mustMove(await store().arm(ref, { tenantId, fence, revision: 1, sequel, fingerprint: hashOf(name), at: at(23), leaseUntil: at(99) }));
          if (last) mustMove(await store().receipt(ref, { tenantId, sequel, receipt: { attempt: n, ...post, at: at(24) }, at: at(24) }));
          else mustMove(await store().disarm(ref, { tenantId, sequel, attempt: n, kind: 'absent', evidence: long(300), at: at(24) }));
          mustMove(await store().pause(ref, { fence, status: 'uploaded', trouble: `look_up_${n}`, nextAt: at(25), error, at: at(25) }));
          expect(size(await worker.now()), name).toBeLessThan(LIMIT);
        }
      }
      expect((await worker.now()).sequels.map((sequel) => [sequel.name, sequel.attempt])).toEqual(names.map((name, k) => [name, { phase: 'receipt', n: attempt + 2 * (k + 1), ...post }]));
    });

    it('keeps the last five different warnings', async () => {
      const worker = await newWorker(store());
      await worker.receipt((await worker.armed()).attempt);
      const { fence } = mustMove(await worker.beginDecorate());
      const warn = (warnings: readonly string[]) => store().recordDecoration(worker.ref, { fence, warnings, externalUrl: null, at: at(111) });
      await warn(['1', '2', '3']);
      expect(mustMove(await warn(['1', '2', '3'])).warnings).toEqual(['1', '2', '3']);
      expect(mustMove(await warn(['4', '5', '6'])).warnings).toEqual(['2', '3', '4', '5', '6']);
      expect((await worker.now()).warnings).toEqual(['2', '3', '4', '5', '6']);
    });
  });
}
