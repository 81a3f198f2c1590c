import type { Platform } from '../platform.ts';
import { connector, sequels } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';

/** Threads, by its own API: the network fetches files, and posts are made from containers as on Instagram. */
export const threads: Platform = {
  network: 'threads',
  title: 'Threads',
  kinds: ['video', 'photos', 'text'],
  pulls: { kinds: ['video', 'photos'], verifiedHost: false },
  optionsSchema,
  perPostOptions: ['altTexts', 'link', 'firstComment'],
  limits,
  caps,
  defaultEndpoints: { graph: 'https://graph.threads.net', www: 'https://threads.net' },
  violations,
  ...connector,
  sequels,
};
