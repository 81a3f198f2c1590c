import { describe, expect, it } from 'vitest';
import type { Kind } from '../../core/model.ts';
import { platforms } from '../../platforms/registry.ts';
import { stage } from './support/stage.ts';
import { variants } from './support/variants.ts';

describe('what a network is said to fetch by itself', () => {
  it.each(platforms)('is what addresses are signed for: $title', async (platform) => {
    const ways = [...platform.kinds.map((kind) => ({ kind })), ...variants.filter((each) => each.platform === platform).map(({ options }) => options)];
    const signed = new Set<Kind>();
    for (const way of ways) {
      const mishap = ({ name }: { readonly name: string }) => {
        if (name === 'media.signGet') signed.add(way.kind ?? 'video');
        return undefined;
      };
      expect((await (await stage(platform, { ...way, mishap })).run()).status).toBe('uploaded');
    }
    expect(platform.kinds.filter((kind) => signed.has(kind))).toEqual(platform.pulls?.kinds ?? []);
  });
});
