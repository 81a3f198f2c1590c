import { S3ServiceException } from '@aws-sdk/client-s3';

/** Whether S3 itself gave this error, under one of these codes. */
export function isS3Error(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof S3ServiceException && codes.includes(error.name);
}

/**
 * Whether an error says nothing about the request: time-outs, broken connections, throttling, trouble inside S3. The SDK
 * has tried again by then.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : statusOf(error);
  if (status !== undefined) return status >= 500 || status === 429 || status === 408;
  return error.name === 'AbortError' || error.name === 'TimeoutError' || ('code' in error && typeof error.code === 'string');
}

/** The SDK hangs the status on errors that are no answers of S3, such as an empty body where a result belongs. */
function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
