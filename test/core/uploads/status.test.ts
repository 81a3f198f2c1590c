import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../../core/model.ts';
import type { DeliveryStatus } from '../../../core/model.ts';
import { deliveryStatus, uploadStatus } from '../../../core/uploads/status.ts';

const NOW = '2026-04-01T10:00:00Z';
const LATER = '2026-04-01T10:00:01Z';
const EARLIER = '2026-04-01T09:59:59Z';

const status = fc.constantFrom<DeliveryStatus>('pending', 'dispatching', 'retrying', 'uploaded', 'failed', 'unknown', 'cancelled');
const statuses = fc.array(status, { minLength: 1, maxLength: 12 });
const scheduledOn = fc.constantFrom(null, EARLIER, NOW, LATER);

function whole(of: readonly DeliveryStatus[], due: string | null) {
  return uploadStatus({ scheduledOn: due }, of.map((each) => ({ status: each })), NOW);
}

describe('the public status of an account', () => {
  it('is Scheduled only before its time', () => {
    expect(deliveryStatus({ status: 'pending' }, LATER, NOW)).toBe('Scheduled');
    expect(deliveryStatus({ status: 'pending' }, NOW, NOW)).toBe('Processing');
    expect(deliveryStatus({ status: 'pending' }, EARLIER, NOW)).toBe('Processing');
    expect(deliveryStatus({ status: 'pending' }, null, NOW)).toBe('Processing');
  });

  it('shows what works or is tried again as Processing, and what is not known as Failed', () => {
    expect(deliveryStatus({ status: 'dispatching' }, null, NOW)).toBe('Processing');
    expect(deliveryStatus({ status: 'retrying' }, LATER, NOW)).toBe('Processing');
    expect(deliveryStatus({ status: 'unknown' }, null, NOW)).toBe('Failed');
  });
});

describe('the public status of an upload', () => {
  it('is open exactly as long as one account is open', () => {
    fc.assert(
      fc.property(statuses, scheduledOn, (of, due) => {
        const open = of.some((each) => !isTerminal(each));
        expect(['Processing', 'Scheduled'].includes(whole(of, due))).toBe(open);
      }),
    );
  });

  it('is Processing as soon as one open account has started', () => {
    fc.assert(
      fc.property(statuses, scheduledOn, fc.constantFrom<DeliveryStatus>('dispatching', 'retrying'), (of, due, started) => {
        expect(whole([...of, started], due)).toBe('Processing');
      }),
    );
  });

  it('is Failed exactly if all have ended and one failed', () => {
    fc.assert(
      fc.property(statuses, scheduledOn, (of, due) => {
        const ended = of.every(isTerminal);
        const failed = of.some((each) => each === 'failed' || each === 'unknown');
        expect(whole(of, due) === 'Failed').toBe(ended && failed);
      }),
    );
  });

  it('does not depend on the order of the accounts', () => {
    fc.assert(fc.property(statuses, scheduledOn, (of, due) => whole(of, due) === whole(of.toReversed(), due)));
  });

  it('is Cancelled only if every account is', () => {
    expect(whole(['cancelled', 'cancelled'], null)).toBe('Cancelled');
    expect(whole(['cancelled', 'uploaded'], null)).toBe('Uploaded');
    expect(whole(['cancelled', 'failed'], null)).toBe('Failed');
  });

  it('stays Scheduled while the others wait for their time, though one account was refused at creation', () => {
    expect(whole(['failed', 'pending'], LATER)).toBe('Scheduled');
    expect(whole(['failed', 'pending'], null)).toBe('Processing');
  });
});
