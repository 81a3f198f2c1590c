import { timestampAfter } from '../clock.ts';
import type { Delivery, Upload } from '../model.ts';
import type { Times } from '../times.ts';

/** From when an upload should be worked on, in milliseconds: its time. What a person has moved since is late from then on. */
export function dueSince(upload: Pick<Upload, 'scheduledOn' | 'createdAt' | 'updatedAt'>): number {
  return Math.max(Date.parse(upload.scheduledOn ?? upload.createdAt), Date.parse(upload.updatedAt));
}

type WatchTimes = Pick<Times, 'watchPause' | 'watchPauseMax' | 'watchAhead' | 'watchIdle'>;

/**
 * When an upload is looked at next, that has an execution or has just been given one. One that waits for its time: a while
 * before it, so that an execution that was lost is replaced in time. One that is late: in pauses that grow with how late it is.
 */
export function nextWatch(upload: Pick<Upload, 'scheduledOn' | 'createdAt' | 'updatedAt'>, now: Date, times: WatchTimes): string {
  const due = Date.parse(upload.scheduledOn ?? upload.createdAt);
  const ahead = (due - now.getTime()) / 1000 - times.watchAhead;
  if (ahead > 0) return timestampAfter(now, Math.min(ahead, times.watchIdle));
  const late = (now.getTime() - dueSince(upload)) / 1000;
  return timestampAfter(now, Math.min(Math.max(late / 2, times.watchPause), times.watchPauseMax));
}

/**
 * Whether a delivery should have ended long ago: counted from its time, or from the first step after a person revived it, and
 * not while it waits for a time that its network named.
 */
export function isStuck(
  upload: Pick<Upload, 'scheduledOn' | 'createdAt' | 'updatedAt'>,
  { startedAt, nextAt }: Pick<Delivery, 'startedAt' | 'nextAt'>,
  now: Date,
  times: Pick<Times, 'stuckEnds'>,
): boolean {
  const due = Date.parse(upload.scheduledOn ?? upload.createdAt);
  const since = Math.max(due, Date.parse(startedAt ?? upload.updatedAt));
  return isOver(since, times.stuckEnds, now) && (nextAt === null || Date.parse(nextAt) <= now.getTime());
}

/** Whether `seconds` have gone by since a time in milliseconds. */
export function isOver(since: number, seconds: number, now: Date): boolean {
  return now.getTime() - since >= seconds * 1000;
}
