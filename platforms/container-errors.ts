import type { HttpAnswer, Trouble } from '../core/ports/index.ts';
import { type ErrorContext, type ErrorLine } from './answers.ts';
import { graphLines, graphRefusal, pause, type GraphError, type GraphLines, type GraphRefusal } from './graph.ts';

/** What errors mean where a post is made from a container: for the networks of the Graph API that publish so. */

/** The container is of no more use. So many new ones are tried in its place, and `last` is the end of it. */
export interface Renewal {
  readonly times: number;
  readonly last: ErrorLine;
}

export interface ContainerLine extends ErrorLine {
  readonly renew?: Renewal;
  /** As the answer to a publish call it proves that nothing was published, though it passes. */
  readonly notYet?: true;
}

export interface ContainerRefusal extends GraphRefusal {
  readonly renew: Renewal | null;
  readonly notYet: boolean;
}

/** Why a container came to nothing. `code` counts how often: after `renew.times` of the same it is given up. */
export interface Failure {
  readonly trouble: Trouble;
  readonly code: number | string | null;
  readonly renew: Renewal | null;
}

/** The lines that every table of such a network is made of, beside those of the Graph API; `title` names it for people. */
export interface ContainerLines extends GraphLines {
  /** The account has no post left for the moment: which one leaves the window of 24 hours next is not told. */
  readonly capReached: ErrorLine;
  /** The account may not post until its owner has done what the network asks for. */
  readonly restricted: ErrorLine;
  /** Not the file, but where it lies. */
  readonly unreachable: ErrorLine;
  readonly notReady: ContainerLine;
  /** Another container may come to more, so many times; `last` is said in the end. */
  readonly again: (times: number, last?: ErrorLine) => ContainerLine;
}

export function containerLines(title: string): ContainerLines {
  const lines = graphLines(title);
  const givenUp: ErrorLine = {
    class: 'permanent',
    code: 'platform_unavailable',
    message: `${title} failed to prepare the post several times. What it says stands beside this; retry later, or send another file.`,
  };
  return {
    ...lines,
    capReached: {
      class: 'quota',
      code: 'quota_exhausted',
      message: `The account has made as many posts as ${title} allows it in 24 hours. It is tried again as the oldest of them get older.`,
      until: pause,
    },
    restricted: {
      class: 'permanent',
      code: 'permission_denied',
      message: `${title} has restricted this account. Open ${title}, do what it asks for, then retry.`,
    },
    unreachable: {
      class: 'permanent',
      code: 'internal_error',
      message: `${title} cannot fetch files from this installation's media address. Tell the operator, who can set up a media domain.`,
    },
    notReady: { ...lines.unavailable, message: `${title} is still preparing the post.`, notYet: true },
    again: (times, last = givenUp) => ({ ...lines.unavailable, renew: { times, last } }),
  };
}

/** What an answer that is no success means, by the network's own table. */
export function containerRefusal(title: string, answer: HttpAnswer, context: ErrorContext, lineOf: (error: GraphError) => ContainerLine | null): ContainerRefusal {
  const { line, ...refusal } = graphRefusal(title, answer, context, lineOf);
  return { ...refusal, renew: line?.renew ?? null, notYet: line?.notYet ?? false };
}
