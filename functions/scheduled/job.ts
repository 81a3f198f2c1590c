import type { Context } from 'aws-lambda';
import type { Log } from '../../core/ports/index.ts';
import { functionLog } from '../common/log.ts';

/**
 * The Lambda handler of a job that a timer runs: writes one line, `done`, with what it did. What is thrown is ours; the next run
 * comes in any case.
 */
export function jobHandler<Report extends object>(
  done: string,
  run: (log: Log) => Promise<Report>,
): (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<Report> {
  const logOf = functionLog();
  return async (_, { awsRequestId }) => {
    const startedAt = performance.now();
    const durationMs = (): number => Math.round(performance.now() - startedAt);
    const log = logOf({ requestId: awsRequestId });
    try {
      const report = await run(log);
      log.info(done, { ...report, durationMs: durationMs() });
      return report;
    } catch (error) {
      log.error('job_died', { job: done, durationMs: durationMs(), error });
      throw error;
    }
  };
}
