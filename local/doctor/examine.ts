import type { Configuration } from '../../lib/configuration.ts';
import type { LocalAws } from '../aws.ts';
import { examineAccount } from './account.ts';
import { examineConfiguration } from './configuration.ts';
import { lineOf, type Finding } from './finding.ts';
import { examineMachine } from './machine.ts';

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
}): Promise<Examination> {
  const { configuration, findings: own } = examineConfiguration(options.configurationFile, options.stage);
  const account = await examineAccount({ ...options, configuration });
  const findings = [...own, ...account, ...examineMachine()];
  return { findings, configuration, sound: findings.every(({ level }) => level !== 'error') };
}

/** A line for each finding, the worst at the end, where it is seen. */
export function report({ findings }: Examination): string {
  const order = ['ok', 'warning', 'error'] as const;
  return order.flatMap((level) => findings.filter((each) => each.level === level).map(lineOf)).join('\n');
}
