import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { dirname } from 'node:path';
import { awsEnvironment, clientSettings, type LocalAws } from './aws.ts';
import { localRegion } from './emulator.ts';
import { runProcess } from './process.ts';
import { cdkScript } from './synthesis.ts';

/** The account of both emulators. */
const ACCOUNT = '000000000000';
/** Where a bootstrap of the CDK notes its version. */
export const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
/** Any version that the command line takes for new enough. */
const VERSION = '30';

/**
 * Gives the CDK what it needs once in an AWS account, if it is not there yet. `log` takes what the CDK says. AWS itself is left
 * to its owner: throws one sentence where it is not there.
 */
export async function bootstrap(aws: LocalAws | null, log: string): Promise<void> {
  const parameters = new SSMClient(clientSettings(aws));
  if (await bootstrapped(parameters)) return;
  if (aws === null) throw new Error('This AWS account and region are not bootstrapped for the CDK: add --bootstrap to npm run deploy, once.');
  if (aws.ministack) {
    // With the roles of a whole bootstrap, which MiniStack would hold to policies that it does not know well enough, the
    // publishing of assets is refused; without them the CDK uses the credentials that it has.
    const storage = new S3Client(clientSettings(aws));
    await storage.send(new CreateBucketCommand({ Bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${localRegion}` }));
    await parameters.send(new PutParameterCommand({ Name: BOOTSTRAP_PARAMETER, Value: VERSION, Type: 'String' }));
    return;
  }
  await runProcess({
    what: 'The bootstrap of the AWS endpoint for the CDK',
    command: process.execPath,
    parameters: [cdkScript, 'bootstrap', `aws://${ACCOUNT}/${localRegion}`, '--no-notices'],
    environment: awsEnvironment(aws),
    // Not the project's folder: the command line would synthesize its app, which this has no need of.
    directory: dirname(log),
    output: { file: log },
  });
}

async function bootstrapped(client: SSMClient): Promise<boolean> {
  try {
    await client.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
    return true;
  } catch (error) {
    if (error instanceof ParameterNotFound) return false;
    throw error;
  }
}
