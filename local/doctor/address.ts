import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Configuration } from '../../lib/configuration.ts';
import { stackNames } from '../../lib/names.ts';
import { clientSettings, type LocalAws } from '../aws.ts';
import { NotDeployed, readOutputs } from '../outputs.ts';
import { note, reasonOf, warning, type Finding } from './finding.ts';

export interface Address {
  /** Where browsers reach the API; null: that is not known before the stage is deployed. */
  readonly publicUrl: string | null;
  /** False: nothing answers there. */
  readonly deployed: boolean;
}

/** The address of a stage, as the stage itself has it. */
export async function findAddress(configuration: Configuration, aws: LocalAws | null): Promise<Address & { readonly findings: readonly Finding[] }> {
  const { publicUrl, stage } = configuration;
  try {
    const { ApiId, ApiUrl } = await readOutputs(new CloudFormationClient({ ...clientSettings(aws), maxAttempts: 2 }), stackNames(configuration));
    return { publicUrl: publicUrl?.replace('{apiId}', ApiId) ?? ApiUrl, deployed: true, findings: [] };
  } catch (error) {
    const fixed = publicUrl?.includes('{apiId}') === true ? null : publicUrl;
    if (error instanceof NotDeployed) return { publicUrl: fixed, deployed: false, findings: [note(`The stage ${stage} is not deployed here.`, `npm run deploy -- --stage ${stage} does it.`)] };
    return { publicUrl: fixed, deployed: true, findings: [warning(`The address of the stage could not be read (${reasonOf(error)}).`, 'Give the credentials the permission for it, or deploy this release.')] };
  }
}
