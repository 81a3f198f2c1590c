import type { AccountLimits } from '../../core/model.ts';
import type { Connector } from '../../core/ports/index.ts';
import { readUploadLimits, type UploadLimits } from './client.ts';

/** What a page tells of its videos as limits of the account. Reels have limits of their own, which no page tells. */
export function limitsOfPage({ length, size }: UploadLimits): AccountLimits {
  return { ...(length !== null && { 'video.duration_max': length }), ...(size !== null && { 'video.size_max': size }) };
}

export const accountLimits: NonNullable<Connector['accountLimits']> = {
  rules: ['video.duration_max', 'video.size_max'],
  async read({ externalId }, tools) {
    const told = await readUploadLimits(tools, externalId);
    return told.kind === 'trouble' ? told : { kind: 'limits', limits: limitsOfPage(told.value) };
  },
};
