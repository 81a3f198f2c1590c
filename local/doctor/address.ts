import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Configuration } from '../../lib/configuration.ts';
import { stackNames } from '../../lib/names.ts';
import { clientSettings, type LocalAws } from '../aws.ts';
import { NotDeployed, readOutputs } from '../outputs.ts';
import { note, reasonOf, warning, type Finding } from './finding.ts';

/** Where browsers reach the API of a stage, as the stage itself has it; null: that is not known before it is deployed. */
export async function findAddress(configuration: Configuration, aws: LocalAws | null): Promise<{ readonly publicUrl: string | null; readonly findings: readonly Finding[] }> {
  const { publicUrl, stage } = configuration;
  try {
    const { ApiId, ApiUrl } = await readOutputs(new CloudFormationClient({ ...clientSettings(aws), maxAttempts: 2 }), stackNames(configuration));
    return { publicUrl: publicUrl?.replace('{apiId}', ApiId) ?? ApiUrl, findings: [] };
  } catch (error) {
    const fixed = publicUrl?.includes('{apiId}') === true ? null : publicUrl;
    if (error instanceof NotDeployed) return { publicUrl: fixed, findings: [note(`The stage ${stage} is not deployed here.`, `npm run deploy -- --stage ${stage} does it.`)] };
    return { publicUrl: fixed, findings: [warning(`The address of the stage could not be read (${reasonOf(error)}).`, 'Give the credentials the permission for it, or deploy this release.')] };
  }
}
