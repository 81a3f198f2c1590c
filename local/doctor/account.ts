import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, GetParametersCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Configuration } from '../../lib/configuration.ts';
import { clientSettings, type LocalAws } from '../aws.ts';
import { BOOTSTRAP_PARAMETER } from '../bootstrap.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';

/** Below this, a single upload to a few accounts and a handful of requests use up what Lambda runs side by side. */
const FEWEST_CONCURRENT = 100;
/** GetParameters takes so many names. */
const NAMES_PER_REQUEST = 10;

/** What the AWS account of the caller's credentials has. `bootstrapping`: what the CDK needs will be made by the deployment. */
export async function examineAccount(options: {
  readonly aws: LocalAws | null;
  readonly configuration: Pick<Configuration, 'networks' | 'mediaDomain'> | null;
  readonly bootstrapping: boolean;
}): Promise<readonly Finding[]> {
  // An account that does not answer is found out soon, not after minutes.
  const settings = { ...clientSettings(options.aws), maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };
  const who = await identity(new STSClient(settings));
  if (who.level === 'error') return [who];
  const parameters = new SSMClient(settings);
  const { networks = {}, mediaDomain = null } = options.configuration ?? {};
  const wanted = [
    ...Object.values(networks).map(({ clientSecretParameter }) => ({ name: clientSecretParameter, value: "<the app's secret>" })),
    ...(mediaDomain === null ? [] : [{ name: mediaDomain.privateKeyParameter, value: 'file://<the private key in PEM>' }]),
  ];
  const made = options.bootstrapping || options.aws !== null;
  return [who, await bootstrapped(parameters, made), ...(await secrets(parameters, wanted)), await concurrency(new LambdaClient(settings))];
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

/** A secret by the name of its parameter, and how the AWS CLI is given its value. */
interface Wanted {
  readonly name: string;
  readonly value: string;
}

async function secrets(client: SSMClient, wanted: readonly Wanted[]): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (let n = 0; n < wanted.length; n += NAMES_PER_REQUEST) {
    const some = wanted.slice(n, n + NAMES_PER_REQUEST);
    const Names = some.map(({ name }) => name);
    try {
      // Without decryption: that it is there is enough.
      const { Parameters = [] } = await client.send(new GetParametersCommand({ Names, WithDecryption: false }));
      found.push(...some.map((each) => secret(each, Parameters.find(({ Name }) => Name === each.name)?.Type)));
    } catch (error) {
      found.push(unreadable(`Whether the secrets are there (${Names.join(', ')})`, error));
    }
  }
  return found;
}

function secret({ name, value }: Wanted, type: string | undefined): Finding {
  const put = `aws ssm put-parameter --type SecureString --name ${name} --value ${value}`;
  if (type === undefined) return failure(`The secret ${name} is missing.`, `Create it: ${put}`);
  if (type !== 'SecureString') return warning(`The secret ${name} is a ${type}, and not encrypted.`, `Delete it and create it anew: ${put}`);
  return ok(`The secret ${name} is there.`);
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
