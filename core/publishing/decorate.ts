import type { Decoration } from '../ports/index.ts';
import { redactText } from '../redact.ts';
import type { StepResult } from '../workflow.ts';
import { done, goOn, moved, now, secondsLeft, type Step } from './step.ts';
import { workOf, type Subject } from './subject.ts';

/** What comes after the post. Nothing here fails or repeats the post: what cannot be done is a warning on the delivery. */
export async function decorate(step: Step, subject: Subject | null): Promise<StepResult> {
  const { ports, ref, delivery } = step;
  if (delivery.decorated || delivery.receipt === null) return done(step.input);
  if (subject?.connector.decorate === undefined) return record(step, NOTHING);
  if (secondsLeft(step) < 2 * ports.times.receiptReserve) return goOn(step, 'publish');
  await moved(step, ports.store.beginDecorate(ref, { at: now(step) }));
  try {
    const { externalId } = delivery.receipt;
    return await record(step, await subject.connector.decorate(workOf(step, subject), { externalId }, subject.tools));
  } catch (error) {
    ports.log.warn('not_decorated', { ...ref, error });
    return record(step, { ...NOTHING, warnings: [`The post is live; what follows it was not done: ${String(error)}`] });
  }
}

const NOTHING: Decoration = { warnings: [], externalUrl: null };

async function record(step: Step, { warnings, externalUrl }: Decoration): Promise<StepResult> {
  const { ports, ref, delivery } = step;
  const clean = warnings.slice(0, MAX_WARNINGS).map((warning) => redactText(warning, 300));
  await moved(
    step,
    ports.store.recordDecoration(ref, { fence: delivery.fence, warnings: clean, externalUrl, at: now(step) }),
  );
  return done(step.input);
}

/** An item of the table stays small. */
const MAX_WARNINGS = 5;
