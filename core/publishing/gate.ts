import { timestamp } from '../clock.ts';
import type { HttpRequest, HttpResult } from '../ports/index.ts';
import type { AccountWithStops, Breaker, Stop, StopScope } from '../ports/store.ts';
import { admission, afterAnswer, afterFailure, type Report } from './breaker.ts';
import type { Step } from './step.ts';

/** What keeps a delivery from asking its network now. */
export interface Hold extends Stop {
  readonly scope: StopScope;
}

/**
 * What a step and the steps of other deliveries tell each other of their network: whether it asks for a pause, and whether it can
 * be reached. Nothing here is needed for a post to be made once; it is only written down when that changes something, and what
 * cannot be written down is left.
 */
export interface Gate {
  /** Why the delivery has to wait; null: it may go on, perhaps as the one that finds out whether the network is back. */
  hold(): Promise<Hold | null>;
  /** Notes what came of a call, and writes nothing: for calls after which something else must be stored first. */
  heard(request: Pick<HttpRequest, 'url'>, result: HttpResult, sentAt: Date): void;
  /** Writes down what was noted last. Never throws. */
  tell(): Promise<void>;
}

/** Other workers may write at the same time: so often is it tried again with what they have written. */
const TRIES = 3;

export function networkGate(
  { ports, ref, delivery }: Step,
  { stop, networkStops }: Pick<AccountWithStops, 'stop' | 'networkStops'>,
  endpoints: Readonly<Record<string, string>>,
): Gate {
  const { network } = networkStops;
  const caller = { tenantId: delivery.tenantId, delivery: `${ref.uploadId}/${ref.accountId}` };
  const origins = new Set(Object.values(endpoints).map(originOf));
  let known = networkStops;
  let report: (Report & { readonly failed: boolean }) | null = null;

  const move = async (breaker: Breaker): Promise<boolean> => {
    const before = known.breaker;
    const { moved, now } = await ports.store.moveBreaker({ network, from: known.version, breaker });
    known = now;
    if (moved) announce(before, breaker);
    return moved;
  };

  const announce = (before: Breaker, after: Breaker): void => {
    if (after.state === 'open' && (before.state === 'closed' || before.openedAt !== after.openedAt || before.opens !== after.opens)) {
      const { until, since, opens } = after;
      ports.log.warn('network_stopped', { network, scope: 'network', reason: UNREACHABLE.code, until, since, opens });
    }
    if (before.state === 'open' && after.state === 'closed') {
      const downSeconds = Math.round((ports.clock.now().getTime() - Date.parse(before.since)) / 1000);
      ports.log.info('network_answers_again', { network, downSeconds });
    }
  };

  const admitted = async (): Promise<Hold | null> => {
    for (let n = 0; n < TRIES; n += 1) {
      const asked = admission(known.breaker, caller, ports.clock.now(), ports.times);
      if (asked.kind === 'go') return null;
      if (asked.kind === 'wait') return { scope: 'network', ...UNREACHABLE, until: asked.until };
      if (await move(asked.breaker)) return null;
    }
    // Too many others at once: it comes again after the shortest pause.
    return { scope: 'network', ...UNREACHABLE, until: timestamp(ports.clock.now()) };
  };

  return {
    hold: async () => {
      const now = timestamp(ports.clock.now());
      const stops: readonly Hold[] = [
        ...(stop === null ? [] : [{ scope: 'account' as const, ...stop }]),
        ...(known.app === null ? [] : [{ scope: 'app' as const, ...known.app }]),
      ];
      const [longest] = stops.filter(({ until }) => until > now).toSorted((a, b) => (a.until < b.until ? 1 : -1));
      // One that waits anyway leaves it to others to find out whether the network is back.
      return longest ?? admitted();
    },

    heard: (request, result, sentAt) => {
      // Files go to hosts that the network names, and some accounts are at servers of their own: these are not the network.
      if (!origins.has(originOf(request.url))) return;
      const answered = result.kind === 'answered';
      report = { ...caller, sentAt, at: ports.clock.now(), answered, failed: !answered || result.answer.status >= 500 };
    },

    tell: async () => {
      if (report === null) return;
      const told = report;
      report = null;
      try {
        for (let n = 0; n < TRIES; n += 1) {
          const { breaker } = known;
          const next = told.failed ? afterFailure(breaker, told, ports.times) : afterAnswer(breaker, told);
          if (next === breaker || (await move(next))) return;
        }
      } catch (error) {
        ports.log.warn('breaker_not_moved', { ...ref, network, error });
      }
    },
  };
}

const UNREACHABLE = {
  code: 'platform_unavailable',
  message: 'The network does not answer at the moment, as other posts have found. This one waits and is tried again by itself; nothing of it was published.',
} as const;

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
