import type { Platform } from '../platform.ts';
import { transfer } from './assets.ts';
import { CHECKPOINT_VERSION } from './checkpoint.ts';
import { refreshToken } from './client.ts';
import { sequels } from './comment.ts';
import { compose, confirm, decorate, publish } from './publish.ts';
import { attachments, caps, limits, optionsSchema, violations } from './rules.ts';

const DAY = 24 * 3600;

/**
 * LinkedIn, by its versioned REST API. An account is an author: a member (`urn:li:person:…`) or a page
 * (`urn:li:organization:…`), and that name is its external id.
 */
export const linkedin: Platform = {
  network: 'linkedin',
  title: 'LinkedIn',
  kinds: ['video', 'photos', 'text'],
  optionsSchema,
  perPostOptions: ['altTexts', 'firstComment'],
  limits,
  caps,
  // `www` gives tokens and takes files.
  defaultEndpoints: { api: 'https://api.linkedin.com', www: 'https://www.linkedin.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // Nobody says how soon a new post is listed; should it come later still, LinkedIn refuses its double.
  visibilityDelay: 120,
  violations,
  attachments,
  transfer,
  compose,
  publish,
  confirm,
  decorate: (work, receipt) => Promise.resolve(decorate(work, receipt)),
  // A refresh token ends a year after the consent, however often it is used.
  consentLasts: 365 * DAY,
  refresh: refreshToken,
  sequels,
};
