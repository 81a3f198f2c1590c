import type { Platform } from '../platform.ts';
import { CHECKPOINT_VERSION, compose, confirm, prepareCall, publish, transfer } from './publish.ts';
import { refresh } from './refresh.ts';
import { attachments, caps, limits, optionsSchema, violations } from './rules.ts';
import { sequels } from './sequels.ts';

/** In seconds. */
const DAY = 24 * 3600;

/** Bluesky, by the AT Protocol: with the tokens of a consent, or with sessions of app passwords. */
export const bluesky: Platform = {
  network: 'bluesky',
  title: 'Bluesky',
  kinds: ['video', 'photos', 'text'],
  optionsSchema,
  perPostOptions: ['altTexts', 'link', 'firstComment'],
  limits,
  caps,
  defaultEndpoints: { pds: 'https://bsky.social', plc: 'https://plc.directory', video: 'https://video.bsky.app' },
  checkpointVersion: CHECKPOINT_VERSION,
  // The server that takes a record is the one that is asked for it, and it answers from what it has stored.
  visibilityDelay: 5,
  violations,
  attachments,
  transfer,
  compose,
  prepareCall,
  publish: (_work, body, tools) => publish(body, tools),
  confirm: (_work, body, _attempt, tools) => confirm(body, tools),
  // What is not renewed ends: sessions of app passwords, and those of a consent, after some 90 days; a server may choose less.
  restsAtMost: 7 * DAY,
  refresh,
  sequels,
};
