import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Configuration } from '../../lib/configuration.ts';
import { platforms } from '../../platforms/registry.ts';
import { clientSettings, type LocalAws } from '../aws.ts';
import { BOOTSTRAP_PARAMETER } from '../bootstrap.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';
import { appSecret, lookAtSecret } from './secrets.ts';

/** Below this, a single upload to a few accounts and a handful of requests use up what Lambda runs side by side. */
const FEWEST_CONCURRENT = 100;

/** What the AWS account of the caller's credentials has. `bootstrapping`: what the CDK needs will be made by the deployment. */
export async function examineAccount(options: {
  readonly aws: LocalAws | null;
  readonly configuration: Pick<Configuration, 'networks' | 'mediaDomain'> | null;
  readonly bootstrapping: boolean;
}): Promise<{ readonly reached: boolean; readonly findings: readonly Finding[] }> {
  // An account that does not answer is found out soon, not after minutes.
  const settings = { ...clientSettings(options.aws), maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };
  const who = await identity(new STSClient(settings));
  if (who.level === 'error') return { reached: false, findings: [who] };
  const parameters = new SSMClient(settings);
  const { networks = {}, mediaDomain = null } = options.configuration ?? {};
  const wanted = [
    ...platforms.flatMap((platform) => {
      const parameter = Object.hasOwn(networks, platform.network) ? networks[platform.network]?.clientSecretParameter : undefined;
      return parameter === undefined ? [] : [appSecret(platform, parameter)];
    }),
    ...(mediaDomain === null ? [] : [{ parameter: mediaDomain.privateKeyParameter, of: 'the media domain', value: 'file://<the private key in PEM>' }]),
  ];
  const made = options.bootstrapping || options.aws !== null;
  const findings = await Promise.all([
    bootstrapped(parameters, made),
    ...wanted.map(async (each) => (await lookAtSecret(parameters, each, { aws: options.aws, decrypt: false })).finding),
    concurrency(new LambdaClient(settings)),
  ]);
  return { reached: true, findings: [who, ...findings] };
}

async function identity(client: STSClient): Promise<Finding> {
  try {
    const region = await client.config.region();
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    return ok(`The AWS account is ${Account}, the region ${region}, as ${Arn}.`);
  } catch (error) {
    return failure(
      `The AWS account could not be reached (${reasonOf(error)}).`,
      'Set AWS_REGION and credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "aws sts get-caller-identity" has to work.',
    );
  }
}

async function bootstrapped(client: SSMClient, made: boolean): Promise<Finding> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
    return ok(`The CDK is bootstrapped here, version ${Parameter?.Value}.`);
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) return unreadable('Whether the CDK is bootstrapped', error);
    return made
      ? ok('The CDK is not bootstrapped here; the deployment does it.')
      : failure('The CDK is not bootstrapped in this account and region.', 'Add --bootstrap to npm run deploy, once.');
  }
}

async function concurrency(client: LambdaClient): Promise<Finding> {
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions;
    if (limit === undefined) return unreadable("Lambda's concurrency limit", new Error('the answer does not name it'));
    if (limit >= FEWEST_CONCURRENT) return ok(`Lambda runs ${limit} functions side by side.`);
    return warning(
      `Lambda runs only ${limit} functions side by side in this account and region.`,
      'Ask for 1,000 at Service Quotas: AWS Lambda, "Concurrent executions" (quota L-B99A9384).',
    );
  } catch (error) {
    return unreadable("Lambda's concurrency limit", error);
  }
}

function unreadable(what: string, error: unknown): Finding {
  return warning(`${what} could not be read (${reasonOf(error)}).`, 'Give the credentials the permission for it, or look by hand.');
}
