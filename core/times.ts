/**
 * Every pause, time-out and look-up delay of the product, in seconds. `standard` is what AWS runs; `short` is the local
 * stage, where networks are stand-ins and people wait. The relations between them are asserted in `test/core/times.test.ts`.
 */
export interface Times {
  /** Life of the `publish` function. Short, since absence of a post may not be believed before it is over. */
  readonly publishFunction: number;
  /** Time-out of the one publish call: ends well before the function does, so that the receipt can still be stored. */
  readonly publishCall: number;
  /** Life of the `transfer` function: the longest that Lambda allows. */
  readonly transferFunction: number;
  /** A transfer step begins no further slice after this and goes on in the next step. */
  readonly transferStops: number;
  /** Time-out of any other call to a network. */
  readonly networkCall: number;
  /** Margin on top of `publishFunction` and the network's own delay before absence counts. */
  readonly absenceMargin: number;
  /** Pause while another upload holds the account's publish lease. */
  readonly leaseBusy: number;
  /** Longest life of a publish lease, from arm. */
  readonly lease: number;
  /** Pauses between the look-ups of an undecided attempt; after the last one it is `unknown`. */
  readonly lookUps: readonly number[];
  /** Pauses between steps after a passing trouble of the network or of ours; then `outage` until `outageEnds`. */
  readonly retries: readonly number[];
  readonly outage: number;
  /** Seconds after a delivery's time from which a passing trouble makes it `failed`. */
  readonly outageEnds: number;
  /** Pause inside a step: `stepPause * 2^n` with full jitter, at most `stepPauseMax`, `STEP_TRIES` times. */
  readonly stepPause: number;
  readonly stepPauseMax: number;
  /** Time kept free at the end of a publish function, in which the receipt is still stored. */
  readonly receiptReserve: number;
  /** Polls this close together are slept inside the step; for longer pauses the step ends. */
  readonly pollInside: number;
  /** Multiplies the times that connectors name: the pace of processing polls, and how long a post takes to be seen. */
  readonly pollScale: number;
  /** Life of the lock under which tokens are refreshed. */
  readonly refreshLock: number;
  /** Pause before looking again whether another worker has refreshed. */
  readonly refreshBusy: number;
  /** An access token with less than this left is refreshed before use. */
  readonly refreshAhead: number;
  /** How long the files of an upload are kept after its last delivery has ended, so that it can be retried. */
  readonly mediaKept: number;
  /** How long `complete` waits for storage to assemble the object before it answers 202. */
  readonly assembly: number;
  /** How long a transaction that meets conflicts is tried again. */
  readonly conflict: number;
  /** Other HTTP functions and workflow functions. */
  readonly apiFunction: number;
  readonly inspectFunction: number;
}

/** Tries inside a step. */
export const STEP_TRIES = 6;

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const times: Readonly<Record<'standard' | 'short', Times>> = {
  standard: {
    publishFunction: 90,
    publishCall: 60,
    receiptReserve: 10,
    pollInside: 5,
    transferFunction: 15 * MINUTE,
    transferStops: 10 * MINUTE,
    networkCall: 60,
    absenceMargin: 30,
    leaseBusy: 5,
    lease: 15 * MINUTE,
    lookUps: [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR],
    retries: [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR],
    outage: HOUR,
    outageEnds: 24 * HOUR,
    stepPause: 2,
    stepPauseMax: 5 * MINUTE,
    pollScale: 1,
    refreshLock: 30,
    refreshBusy: 1,
    refreshAhead: 10 * MINUTE,
    mediaKept: 7 * 24 * HOUR,
    assembly: 15,
    conflict: 5,
    apiFunction: 29,
    inspectFunction: 15 * MINUTE,
  },
  short: {
    publishFunction: 8,
    publishCall: 5,
    receiptReserve: 1,
    pollInside: 2,
    transferFunction: MINUTE,
    transferStops: 40,
    networkCall: 5,
    absenceMargin: 1,
    leaseBusy: 1,
    lease: 15 * MINUTE,
    lookUps: [1, 1, 2, 2, 3],
    retries: [1, 1, 2, 2, 3],
    outage: 5,
    outageEnds: 30,
    stepPause: 0.05,
    stepPauseMax: 1,
    pollScale: 0.02,
    refreshLock: 10,
    refreshBusy: 0.2,
    refreshAhead: 10 * MINUTE,
    mediaKept: 10,
    assembly: 15,
    conflict: 5,
    apiFunction: 29,
    inspectFunction: MINUTE,
  },
};

export type Pace = keyof typeof times;
