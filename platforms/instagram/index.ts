import type { Platform } from '../platform.ts';
import { refreshToken } from './client.ts';
import { CHECKPOINT_VERSION, compose, confirm, decorate, publish, transfer } from './publish.ts';
import { optionsSchema, violations } from './rules.ts';

/** Instagram, by the Graph API with Instagram Login: professional accounts. */
export const instagram: Platform = {
  network: 'instagram',
  title: 'Instagram',
  kinds: ['video'],
  optionsSchema,
  defaultEndpoints: { graph: 'https://graph.instagram.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // The guide waits 30 to 60 seconds before it reads a container's state again.
  visibilityDelay: 60,
  violations,
  transfer,
  compose,
  publish: (_work, body, tools) => publish(body, tools),
  confirm: (_work, body, attempt, tools) => confirm(body, attempt, tools),
  decorate: (_work, receipt, tools) => decorate(receipt, tools),
  refresh: refreshToken,
};
