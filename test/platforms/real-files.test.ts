import { beforeAll, describe, expect, it } from 'vitest';
import type { PreflightFile } from '../../core/uploads/preflight.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { ffmpeg } from '../media/support/ffmpeg.ts';
import { edgesOf, type Edge, type Files } from './support/edges.ts';
import { seenClip, seenPicture } from './support/real-files.ts';

/**
 * Every limit on files of every network, with files that really have the property: at the limit, just within, and just beyond it.
 * The way is the real one, from the bytes through the readers and the facts to the rules.
 */

/** What networks demand beside files. */
const DEMANDED: Readonly<Record<string, unknown>> = { tiktok: { privacyLevel: 'SELF_ONLY' }, pinterest: { board: '1' }, reddit: { subreddit: 'harbours' } };

const SECOND = 1000;
// Installs ffmpeg where it is not yet.
beforeAll(() => ffmpeg(), 600 * SECOND);

async function seenFiles(files: Files): Promise<readonly PreflightFile[]> {
  if ('clip' in files) return [await seenClip(files.clip)];
  const photo = await seenPicture(files.picture);
  return Array.from({ length: files.count }, () => photo);
}

async function violationsOf(platform: Platform, kind: Edge['kind'], files: Files) {
  const seen = await seenFiles(files);
  const subject = { kind, title: 'A title', description: null, options: DEMANDED[platform.network], files: seen, attachments: [], facts: seen[0]?.facts ?? null, limits: {} };
  return platform.violations(subject);
}

describe.each(platforms.map((platform) => [platform.network, platform] as const))('%s', (network, platform) => {
  const edges = edgesOf(platform).map((edge) => [`${edge.kind}.${edge.limit.check}`, edge.limit.only ?? 'all', edge] as const);

  it.each(edges)('%s (%s) is what a file breaks that is beyond it, and no other', { timeout: 240 * SECOND }, async (check, _, { kind, limit, good, bad }) => {
    for (const files of good) expect(await violationsOf(platform, kind, files), JSON.stringify(files)).toEqual([]);
    for (const files of bad) {
      const violations = await violationsOf(platform, kind, files);
      expect(violations.map(({ code }) => code), JSON.stringify(files)).toEqual([`${network}.${check}`]);
      expect(violations).toMatchObject([{ limit: typeof limit.limit === 'number' ? limit.limit : limit.limit.join(', '), unit: limit.unit, remedy: expect.stringMatching(/^[A-Z].*\.$/u) }]);
    }
    expect(good.length).toBeGreaterThan(0);
    expect(bad.length).toBeGreaterThan(0);
  });
});
