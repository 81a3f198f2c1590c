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
  /** So many failures in a row count as a network that is down only within this time of the first. */
  readonly breakerWindow: number;
  /** How long one delivery has to find out whether a network that was down can be reached, before another one may. */
  readonly probe: number;
  /** Deliveries that wait for the same time come back spread over a quarter of their wait, and at most over this. */
  readonly stopSpread: number;
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
  /** An access token with less than this left is refreshed before use, unless its connector names another time. */
  readonly refreshAhead: number;
  /** How long the files of an upload are kept after its last delivery has ended, so that it can be retried. */
  readonly mediaKept: number;
  /** How long `complete` waits for storage to assemble the object before it answers 202. */
  readonly assembly: number;
  /** How long a transaction that meets conflicts is tried again. */
  readonly conflict: number;
  /** When the reconcile job looks at a new upload, if nobody has taken it by then: the request that made it is over, and its event has come. */
  readonly watchNew: number;
  /**
   * Pause before an upload is looked at again: half of the time that it is late, within these bounds, so that what does not move is
   * looked at a dozen times in two days.
   */
  readonly watchPause: number;
  readonly watchPauseMax: number;
  /** An upload that waits for its time is looked at so long before it, and once in `watchIdle`. */
  readonly watchAhead: number;
  readonly watchIdle: number;
  /** How long after a person's move the execution that it asked for may take to come. */
  readonly wakeGrace: number;
  /** Seconds after its creation for which storage may put the file of an upload together. */
  readonly assemblyEnds: number;
  /** Seconds after its time, or after its first step, from which a delivery that has not ended is ended by the reconcile job. */
  readonly stuckEnds: number;
  /** Pause before the outcome of an `unknown` attempt is looked for again: a quarter of its age, and no less than this. */
  readonly lookUpPause: number;
  /** Seconds for which the outcome of an attempt is looked for from when it was `unknown`. */
  readonly lookUpEnds: number;
  /** Life of the reconcile job, which runs every minute; it begins nothing more after `reconcileStops`. */
  readonly reconcileFunction: number;
  readonly reconcileStops: number;
  /** Other HTTP functions and workflow functions. */
  readonly apiFunction: number;
  /** On top of `apiFunction` before a request counts as dead: the clocks of two functions may differ so much. */
  readonly requestMargin: number;
  /** Life of the vault, for which functions of the API wait; and time-out of each of its calls to a network. */
  readonly vaultFunction: number;
  readonly vaultCall: number;
  readonly inspectFunction: number;
}

/** Tries inside a step. */
export const STEP_TRIES = 6;

/** So many failures in a row, of at least two deliveries, show that a network is down. */
export const BREAKER_FAILURES = 5;

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
    breakerWindow: MINUTE,
    probe: 90,
    stopSpread: 5 * MINUTE,
    stepPause: 2,
    stepPauseMax: 5 * MINUTE,
    pollScale: 1,
    refreshLock: 30,
    refreshBusy: 1,
    refreshAhead: 10 * MINUTE,
    mediaKept: 7 * 24 * HOUR,
    assembly: 15,
    conflict: 5,
    watchNew: 2 * MINUTE,
    watchPause: 10 * MINUTE,
    watchPauseMax: 6 * HOUR,
    watchAhead: 15 * MINUTE,
    watchIdle: 24 * HOUR,
    wakeGrace: MINUTE,
    assemblyEnds: 24 * HOUR,
    stuckEnds: 54 * HOUR,
    lookUpPause: 15 * MINUTE,
    lookUpEnds: 24 * HOUR,
    reconcileFunction: 55,
    reconcileStops: 30,
    apiFunction: 29,
    requestMargin: 6,
    vaultFunction: 26,
    vaultCall: 8,
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
    breakerWindow: 10,
    probe: 6,
    stopSpread: 1,
    stepPause: 0.05,
    stepPauseMax: 1,
    pollScale: 0.02,
    refreshLock: 10,
    refreshBusy: 0.2,
    refreshAhead: 10 * MINUTE,
    mediaKept: 10,
    assembly: 15,
    conflict: 5,
    watchNew: 3,
    watchPause: 3,
    watchPauseMax: 30,
    watchAhead: 10,
    watchIdle: HOUR,
    wakeGrace: 2,
    assemblyEnds: 5 * MINUTE,
    stuckEnds: 10 * MINUTE,
    lookUpPause: 2,
    lookUpEnds: 10 * MINUTE,
    reconcileFunction: 55,
    reconcileStops: 30,
    apiFunction: 29,
    requestMargin: 1,
    vaultFunction: 26,
    vaultCall: 4,
    inspectFunction: MINUTE,
  },
};

export type Pace = keyof typeof times;
