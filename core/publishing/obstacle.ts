import { isToldByNetwork, learnLimits } from '../account-limits.ts';
import type { DeliveryError } from '../model.ts';
import type { TroubleClass } from '../ports/index.ts';
import type { StepResult } from '../workflow.ts';
import { settleThrown, settleTrouble } from './outcome.ts';
import type { Step } from './step.ts';
import { violationError, violationsOf, type Subject } from './subject.ts';
import { ownError } from './troubles.ts';

/** What makes publishing pointless whatever the network would say; null: nothing. */
export function obstacleFor({ upload, account, connector }: Subject): DeliveryError | null {
  if (account.health !== 'active') {
    return ownError('reauth_required', 'The network does not accept the link to this account any more. Reconnect the account, then retry.');
  }
  const [first, ...others] = violationsOf(upload, account, connector);
  return first === undefined ? null : violationError(first, ...others);
}

/**
 * The subject with the account's limits as the network tells them now, where a rule would fail the delivery whose limit it tells:
 * what is kept on the account may be old, or the account has never been asked about. A step's answer where it cannot tell at the
 * moment.
 */
export async function withToldLimits(step: Step, subject: Subject): Promise<Subject | StepResult> {
  const { upload, account, connector, tokens, tools } = subject;
  const doubtful = account.health === 'active' && violationsOf(upload, account, connector).some((violation) => isToldByNetwork(connector, violation));
  if (!doubtful) return subject;
  try {
    let learned = await learnLimits(step.ports, account, connector, tools);
    if (learned.trouble?.class === 'auth_expired') {
      await tokens.renew();
      learned = await learnLimits(step.ports, account, connector, tools);
    }
    if (learned.trouble !== null && PASSING.includes(learned.trouble.class)) return await settleTrouble(step, subject, learned.trouble, 'transfer');
    // What the network will not say at all: then what is known counts.
    return { ...subject, account: learned.account };
  } catch (error) {
    return settleThrown(step, subject, error, 'transfer');
  }
}

/** Troubles after which the network can be asked again, or whose owner has to act first. */
const PASSING: readonly TroubleClass[] = ['retryable', 'rate_limited', 'quota', 'auth_expired', 'auth_revoked'];
