import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDemo } from '../../local/demo.ts';
import { linkSandboxAccount } from '../../local/sandbox-account.ts';
import type { Terminal } from '../../local/terminal.ts';
import { networks, stack } from './support/stack.ts';

/** The job of `npm start`: what its exit code rests on. */

const video = join(import.meta.dirname, '../../local/demo.mp4');

/** A terminal that keeps what it is told. */
function keeping(lines: string[]): Terminal {
  return { line: (text = '') => void lines.push(text), status: () => {}, step: (_, work) => work(() => {}) };
}

describe('the demo', () => {
  it('is content with one post on each network, and not with two', async () => {
    const linked = await Promise.all(networks.map(async (network) => [network, await linkSandboxAccount(stack, network, { name: 'Demo' })] as const));
    const ours = {
      ...stack,
      accounts: Object.fromEntries(linked.map(([network, { accountId }]) => [network, accountId])),
      externalIds: Object.fromEntries(linked.map(([network, { externalId }]) => [network, externalId])),
    };
    const lines: string[] = [];
    const first = await runDemo(ours, video, keeping(lines));
    expect(first.faults).toEqual([]);
    for (const [, { accountId }] of linked) {
      expect(lines.join('\n')).toMatch(new RegExp(`${accountId} +Uploaded +\\S{5,} +https://`, 'u'));
    }

    const second = await runDemo(ours, video, keeping([]));
    expect(second.uploadId).not.toBe(first.uploadId);
    expect(second.faults).toEqual(networks.map((network) => `${network} shows 2 posts, not one.`));
  });
});
