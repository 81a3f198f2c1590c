import type { Answer } from './stand-in.ts';

/** A network's own "no", thrown by the guards of a stand-in and answered by its `handle`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`Refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** Runs a handler; a refusal thrown in it becomes its answer. */
export async function answering(handler: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await handler();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** A request to the sandbox itself that makes no sense; the message says what is wrong. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}
