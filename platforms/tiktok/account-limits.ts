import type { AccountLimits } from '../../core/model.ts';
import type { Connector } from '../../core/ports/index.ts';
import { queryCreator, type Creator } from './client.ts';

/** What TikTok tells of a creator as limits of the account. */
export function limitsOfCreator({ max_video_post_duration_sec: longest, privacy_level_options: levels }: Creator): AccountLimits {
  return { ...(longest !== undefined && { 'video.duration_max': longest }), 'video.privacy_level': levels, 'photos.privacy_level': levels };
}

export const accountLimits: NonNullable<Connector['accountLimits']> = {
  rules: ['video.duration_max', 'video.privacy_level', 'photos.privacy_level'],
  async read(_account, tools) {
    const asked = await queryCreator(tools);
    return asked.kind === 'trouble' ? asked : { kind: 'limits', limits: limitsOfCreator(asked.value) };
  },
};
