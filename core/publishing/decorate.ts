import type { DecorateTools, Decoration } from '../ports/index.ts';
import { redactText } from '../redact.ts';
import type { StepResult } from '../workflow.ts';
import { hasTimeForCall } from './call.ts';
import { done, goOn, moved, now, secondsLeft, StepSuperseded, type Step } from './step.ts';
import { workOf, type Subject } from './subject.ts';
import { saveCheckpoint } from './transfer.ts';

/** What comes after the post. Nothing here fails or repeats the post: what cannot be done is a warning on the delivery. */
export async function decorate(step: Step, subject: Subject | null): Promise<StepResult> {
  const { ports, ref, delivery } = step;
  if (delivery.decorated || delivery.receipt === null) return done(step.input);
  step.sequel = null;
  if (subject?.connector.decorate === undefined) return record(step, NOTHING);
  if (secondsLeft(step) < 2 * ports.times.receiptReserve) return goOn(step, 'publish');
  await moved(step, ports.store.beginDecorate(ref, { at: now(step) }));
  try {
    const { externalId } = delivery.receipt;
    const { again, ...decoration } = await subject.connector.decorate(workOf(step, subject), { externalId }, toolsOf(step, subject));
    return again === undefined ? await record(step, decoration) : await goOn(step, 'publish', again * ports.times.pollScale);
  } catch (error) {
    if (error instanceof StepSuperseded) throw error;
    ports.log.warn('not_decorated', { ...ref, error });
    return record(step, { ...NOTHING, warnings: [`The post is live; what follows it was not done: ${String(error)}`] });
  }
}

function toolsOf(step: Step, subject: Subject): DecorateTools {
  return {
    ...subject.tools,
    hasTime: () => hasTimeForCall(step),
    saveCheckpoint: (data) => saveCheckpoint(step, subject, { data, ready: true, bytesSent: undefined }),
  };
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
