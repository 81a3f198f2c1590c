import type { AccountLimits } from '../../core/model.ts';
import type { Connector } from '../../core/ports/index.ts';
import { readMayUploadLong } from './client.ts';

/** Seconds of a video of a channel that nobody has verified by phone. */
export const UNVERIFIED_DURATION_MAX = 15 * 60;

/** Whether a channel may upload long videos as limits of the account. */
export function limitsOfChannel(mayUploadLong: boolean): AccountLimits {
  return mayUploadLong ? {} : { 'video.duration_max': UNVERIFIED_DURATION_MAX };
}

export const accountLimits: NonNullable<Connector['accountLimits']> = {
  rules: ['video.duration_max'],
  async read(_account, tools) {
    const read = await readMayUploadLong(tools);
    return read.kind === 'trouble' ? read : { kind: 'limits', limits: limitsOfChannel(read.value) };
  },
};
