import { emulatorCredentials, localRegion } from './emulator.ts';

/** An AWS endpoint that is not AWS itself: the embedded emulator, or whatever `AWS_ENDPOINT_URL` names. */
export interface LocalAws {
  readonly endpoint: string;
  /** Functions are held to their roles, and what CloudFormation drops in silence has to be turned on afterwards. */
  readonly ministack: boolean;
}

/**
 * Settings of an SDK client. Null is AWS itself, with what the SDK finds in the caller's environment; an emulator never gets
 * to see those credentials.
 */
export function clientSettings(aws: Pick<LocalAws, 'endpoint'> | null) {
  if (aws === null) return {};
  return { endpoint: aws.endpoint, region: localRegion, credentials: emulatorCredentials };
}

/** The same for programs, by environment. */
export function awsEnvironment(aws: LocalAws | null): Record<string, string | undefined> {
  if (aws === null) return process.env;
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    // The command line of the CDK has nobody else to talk to then.
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: emulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulatorCredentials.secretAccessKey,
  };
}

/** The endpoint of the environment; null: there is none. */
export async function outsideAws(): Promise<LocalAws | null> {
  const endpoint = process.env['AWS_ENDPOINT_URL']?.replace(/\/$/u, '');
  if (endpoint === undefined || endpoint === '') return null;
  if (!URL.canParse(endpoint)) throw new Error(`AWS_ENDPOINT_URL is ${endpoint}, which is no URL: it looks like http://127.0.0.1:4566.`);
  try {
    const health = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(5000) });
    return { endpoint, ministack: health.ok };
  } catch (cause) {
    throw new Error(`Nothing answers at AWS_ENDPOINT_URL (${endpoint}): start it, or unset the variable to use the embedded emulator.`, { cause });
  }
}
