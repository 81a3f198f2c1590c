import type { DeliveryError } from '../model.ts';
import type { Connector, NamedPost, Sequels, SequelWork } from '../ports/index.ts';
import type { StepResult } from '../workflow.ts';
import { confirm } from './confirm.ts';
import { decorate } from './decorate.ts';
import { endSequels } from './outcome.ts';
import { attemptToPublish, type Progress } from './publish.ts';
import { attemptAtHand, done, goOn, moved, now, type Step } from './step.ts';
import { checkpointAtHand, checkpointFits, workOf, type Subject } from './subject.ts';
import { transferRole } from './transfer.ts';
import { ownError } from './troubles.ts';

/**
 * What follows a post that is there: its sequels one by one, then what decorates it. A sequel is armed, published, confirmed and
 * received by the very code that does so for the post; `step.sequel` says whose attempt is at hand.
 *
 * The delivery is `uploaded` all the while. If the process dies before a sequel is armed, the next step does it; between arm and
 * receipt, the next step confirms it; after its receipt, the next step goes on with the one after it. So each is made at most once,
 * and none before the one that it answers.
 */
export async function followPost(step: Step, subject: Subject | DeliveryError): Promise<Progress> {
  const { delivery } = step;
  if (delivery.decorated) return done(step.input);
  if ('code' in subject) {
    if (!delivery.sequels.some(({ attempt: { phase } }) => phase === 'idle' || phase === 'armed')) return decorate(step, null);
    await begin(step, []);
    return endSequels(step, subject);
  }
  const sequel = await sequelAtHand(step, subject);
  if (sequel === null) return decorate(step, subject);
  if ('code' in sequel) return endSequels(step, sequel);
  if (attemptAtHand(step).phase === 'armed') return confirm(step, sequel);
  if (subject.account.health !== 'active') return endSequels(step, UNLINKED);
  return isReady(step, sequel) ? attemptToPublish(step, sequel) : goOn(step, 'transfer');
}

/** The invisible work for the sequel at hand, if there is any. */
export async function transferSequel(step: Step, subject: Subject): Promise<StepResult> {
  const sequel = await sequelAtHand(step, subject);
  const prepares = sequel !== null && !('code' in sequel) && attemptAtHand(step).phase === 'idle' && !isReady(step, sequel);
  return prepares ? transferRole(step, sequel) : goOn(step, 'publish');
}

/** The first sequel that is not decided, as the subject of this step; null: there is none; an error: it cannot be made. */
async function sequelAtHand(step: Step, subject: Subject): Promise<Subject | DeliveryError | null> {
  const { ports, ref } = step;
  const { attempt, receipt } = step.delivery;
  const { sequels } = subject.connector;
  step.sequel = null;
  // A receipt for an attempt that had been disarmed: what it was sent with is not known.
  if (sequels === undefined || receipt === null || attempt.phase === 'idle') return null;
  const body = await ports.store.getBody({ ...ref, fingerprint: attempt.fingerprint });
  const work = workOf(step, subject);
  const names = sequels.follow(work, body);
  if (names.length === 0 && step.delivery.sequels.length === 0) return null;
  if (!step.follows) await begin(step, names);
  const index = step.delivery.sequels.findIndex(({ attempt: { phase } }) => phase === 'idle' || phase === 'armed');
  const name = step.delivery.sequels[index]?.name;
  if (name === undefined) return null;
  step.sequel = index;
  const post = namedPost(receipt);
  const last = index === 0 ? receipt : step.delivery.sequels[index - 1]?.attempt;
  const before = last !== undefined && 'externalId' in last ? namedPost(last) : null;
  if (post === null || before === null) return UNNAMED;
  return { ...subject, connector: asConnector(subject.connector, sequels, { name, post: { ...post, body }, before }) };
}

/** Notes what follows, and gives this step a fence of its own: from here on, a worker of an earlier step writes nothing but facts. */
async function begin(step: Step, names: ReturnType<Sequels['follow']>): Promise<void> {
  const { ports, ref, input } = step;
  await moved(step, ports.store.beginDecorate(ref, { execution: input.execution, sequels: names, at: now(step) }));
  step.follows = true;
}

/** The connector as it is for one sequel. */
function asConnector(connector: Connector, sequels: Sequels, sequel: SequelWork['sequel']): Connector {
  return {
    ...connector,
    checkpointVersion: sequels.checkpointVersion,
    transfer: async (work, tools) => (await sequels.transfer?.({ ...work, sequel }, tools)) ?? { kind: 'ready', checkpoint: null },
    compose: (work) => sequels.compose({ ...work, sequel }),
    publish: (work, body, tools) => sequels.publish({ ...work, sequel }, body, tools),
    confirm: (work, body, attempt, tools) => sequels.confirm({ ...work, sequel }, body, attempt, tools),
  };
}

function isReady(step: Step, { connector }: Subject): boolean {
  if (connector.sequels?.transfer === undefined) return true;
  return checkpointAtHand(step)?.ready === true && checkpointFits(step, connector);
}

function namedPost({ externalId, externalUrl }: { readonly externalId: string | null; readonly externalUrl: string | null }): NamedPost | null {
  return externalId === null ? null : { externalId, externalUrl };
}

const UNNAMED = ownError('internal_error', 'The network did not name the post that it was to answer.');

const UNLINKED = ownError('reauth_required', 'The network does not accept the link to this account any more: reconnect the account.');
