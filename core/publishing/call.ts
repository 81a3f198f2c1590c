import type { HttpRequest, HttpResult, PublishOutcome, PublishTools } from '../ports/index.ts';
import { redactText } from '../redact.ts';
import { workOf, type Subject } from './subject.ts';
import { secondsLeft, type Step } from './step.ts';

/** What came of the visible call, as far as the transport and the connector agree. */
export type Verdict =
  | Exclude<PublishOutcome, { kind: 'never_sent' }>
  /** `cause`: ours, if it was not the network that could not be reached. */
  | { readonly kind: 'never_sent'; readonly evidence: string; readonly cause: Error | null }
  /** This function would have ended before the answer: nothing was sent. */
  | { readonly kind: 'out_of_time' };

/** What `NetworkTools` gives of the account's tokens. */
export interface CallTokens {
  readonly accessToken: string;
  readonly binding: string | null;
}

/** Whether the visible call may still begin: its longest time, and that of storing the receipt, end before the function does. */
export function hasTimeForCall(step: Step): boolean {
  const { publishCall, receiptReserve } = step.ports.times;
  return secondsLeft(step) >= publishCall + receiptReserve;
}

/**
 * Makes the visible call of an armed attempt: one request, on a connection of its own, and never a second one in this attempt,
 * whatever the connector does. Does not return, and does not throw, while the request is in flight.
 *
 * Irreversible: the request. If the process dies just before it, nothing was sent and the attempt stays armed: a confirmer
 * finds nothing, waits over the life of this function, and disarms. In the middle, or just after, before anything was stored:
 * the same, and the confirmer finds the post if the network has taken it.
 */
export async function visibleCall(step: Step, subject: Subject, body: unknown, { accessToken, binding }: CallTokens): Promise<Verdict> {
  let used = false;
  let closed = false;
  let outOfTime = false;
  let flight: Promise<HttpResult> | null = null;

  const sendOnce = (request: HttpRequest): Promise<HttpResult> => {
    if (used || closed) throw new Error('The visible call may be made only once in an attempt.');
    used = true;
    // The process may have stood still since it armed: a request that began now would outlive the function, and with it the
    // time that confirmers wait.
    outOfTime = !hasTimeForCall(step);
    if (outOfTime) return Promise.resolve({ kind: 'never_sent', reason: 'the time of the function was over' });
    const timeout = Math.min(request.timeout ?? Infinity, step.ports.times.publishCall);
    const sentAt = step.ports.clock.now();
    flight = step.ports.transport.send({ ...request, timeout }, { fresh: true }).then((result) => {
      subject.gate.heard(request, result, sentAt);
      return result;
    });
    return flight;
  };
  const tools: PublishTools = {
    ...subject.silentTools,
    sendOnce,
    // Read before arming: nothing else may fail or take time between arming and the call.
    accessToken: () => Promise.resolve(accessToken),
    binding: () => Promise.resolve(binding),
  };

  let outcome: PublishOutcome | null = null;
  let thrown: Error | null = null;
  try {
    outcome = await subject.connector.publish(workOf(step, subject), body, tools);
  } catch (error) {
    thrown = error instanceof Error ? error : new Error('The connector threw what is no error.', { cause: error });
  }
  closed = true;
  const result = await landed(flight);
  if (outOfTime) return { kind: 'out_of_time' };
  return verdictOf(result, outcome, thrown);
}

/** The connector may have stopped listening to its request: it is waited for all the same. */
async function landed(flight: Promise<HttpResult> | null): Promise<HttpResult | null> {
  try {
    return await flight;
  } catch (error) {
    // A transport does not throw for what the network does; whatever this is, the request may have gone out.
    return { kind: 'ambiguous', reason: String(error) };
  }
}

/**
 * The connector knows its network's words, the transport knows whether there were any. Where they contradict each other,
 * nothing is believed, and the network is asked.
 */
function verdictOf(result: HttpResult | null, outcome: PublishOutcome | null, thrown: Error | null): Verdict {
  if (result === null) {
    const evidence = thrown === null ? 'the connector did not send the request' : `before sending: ${thrown.message}`;
    return { kind: 'never_sent', evidence: redactText(evidence, 200), cause: thrown ?? new Error(evidence) };
  }
  if (result.kind === 'never_sent') return { kind: 'never_sent', evidence: redactText(result.reason, 200), cause: null };
  if (result.kind === 'ambiguous') return { kind: 'ambiguous', evidence: redactText(result.reason, 200) };
  const { status } = result.answer;
  if (outcome === null) return { kind: 'ambiguous', evidence: redactText(`status ${status}, not understood: ${thrown?.message}`, 200) };
  switch (outcome.kind) {
    case 'published':
    case 'accepted':
    case 'ambiguous':
      return outcome;
    case 'refused':
      // These answers say that something between us and the network, or the network itself, gave up: not that nothing happened.
      return status >= 500 || status === 408 || status === 425
        ? { kind: 'ambiguous', evidence: `status ${status} is not believed as a refusal` }
        : { ...outcome, evidence: redactText(outcome.evidence, 200) };
    case 'never_sent':
      return { kind: 'ambiguous', evidence: `status ${status}, though the connector says that nothing was sent` };
  }
}
