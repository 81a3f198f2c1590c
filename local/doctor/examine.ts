import { join } from 'node:path';
import { readConfiguration, type Configuration } from '../../lib/configuration.ts';
import type { LocalAws } from '../aws.ts';
import { directoryOf } from '../paths.ts';
import type { StackFile } from '../stack-file.ts';
import { examineAccount } from './account.ts';
import { findAddress } from './address.ts';
import { examineConfiguration } from './configuration.ts';
import { lineOf, note, ok, type Finding } from './finding.ts';
import { examineMachine } from './machine.ts';
import { examineNetworks } from './networks.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  /** Null: it cannot be used. */
  readonly configuration: Configuration | null;
  /** Nothing speaks against a deployment. */
  readonly sound: boolean;
}

/** Everything that can be known before a deployment. Reads, and changes nothing. */
export async function examine(options: {
  readonly configurationFile: string;
  /** As the caller named it; null: whatever the file says. */
  readonly stage: string | null;
  readonly aws: LocalAws | null;
  readonly bootstrapping: boolean;
  /** Networks are asked too, and those that are not configured are spoken of. */
  readonly asking?: boolean;
}): Promise<Examination> {
  const { asking = false, aws } = options;
  const { configuration, findings: own } = examineConfiguration(options.configurationFile, options.stage);
  // Who asks the networks looks at their secrets by the way.
  const account = await examineAccount({ ...options, configuration: asking && configuration !== null ? { ...configuration, networks: {} } : configuration });
  const networks = asking && configuration !== null ? await examineStage(configuration, aws, account.reached) : [];
  return examined([...own, ...account.findings, ...examineMachine(), ...networks], configuration);
}

/** The same for the stage of `npm start`, of which only the networks are of interest; null: it does not run. */
export async function examineLocal(stack: Pick<StackFile, 'awsEndpoint'> | null): Promise<Examination> {
  if (stack === null || !(await answers(stack.awsEndpoint))) {
    const none = note('No stage is running on this machine, so that this is about what to register alone.', 'npm start runs one; npm run doctor -- --stage S examines that of config/S.json.');
    const networks = await examineNetworks({ configuration: null, aws: null, publicUrl: null, deployed: false, reached: false });
    return examined([...examineMachine(), none, ...networks], null);
  }
  const configuration = readConfiguration(join(directoryOf('start'), 'configuration.json'));
  const aws = { endpoint: stack.awsEndpoint, ministack: true };
  const running = ok(`The stage ${configuration.stage} runs on this machine, on ${stack.awsEndpoint}.`);
  return examined([running, ...examineMachine(), ...(await examineStage(configuration, aws, true))], configuration);
}

async function examineStage(configuration: Configuration, aws: LocalAws | null, reached: boolean): Promise<readonly Finding[]> {
  const { findings, ...address } = reached ? await findAddress(configuration, aws) : { publicUrl: null, deployed: false, findings: [] };
  return [...findings, ...(await examineNetworks({ configuration, aws, ...address, reached }))];
}

function examined(findings: readonly Finding[], configuration: Configuration | null): Examination {
  return { findings, configuration, sound: findings.every(({ level }) => level !== 'error') };
}

/** Whether anything listens there: a start that was killed leaves its file behind. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(3_000) });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** A line for each finding, the worst at the end, where it is seen. */
export function report({ findings }: Examination): string {
  const order = ['ok', 'note', 'warning', 'error'] as const;
  return order.flatMap((level) => findings.filter((each) => each.level === level).map(lineOf)).join('\n');
}
