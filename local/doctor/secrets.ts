import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import type { Platform } from '../../platforms/platform.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import type { LocalAws } from '../aws.ts';
import { failure, ok, reasonOf, warning, type Finding } from './finding.ts';

/** A secret by the name of its parameter, and what of. */
export interface Wanted {
  readonly parameter: string;
  /** `the app at YouTube`. */
  readonly of: string;
  /** How the AWS CLI is given its value. */
  readonly value: string;
  /** The command whose output that value is, where it is made, and given by nobody. */
  readonly madeBy?: string;
}

/** The command that puts a secret where functions read it. One that is made is not shown. */
export function putSecret({ parameter, value, madeBy }: Omit<Wanted, 'of'>, aws: Pick<LocalAws, 'endpoint'> | null): string {
  const where = aws === null ? '' : ` --endpoint-url ${aws.endpoint}`;
  const put = `aws ssm put-parameter${where} --type SecureString --name ${parameter} --value ${value}`;
  return madeBy === undefined ? put : `${madeBy} | ${put}`;
}

/** The secret of a network's app: what its portal has given, or a key for ES256 where no app is registered. */
export function appSecret({ network, title }: Pick<Platform, 'network' | 'title'>, parameter: string): Wanted {
  const of = `the app at ${title}`;
  return selfDescribed.has(network)
    ? { parameter, of, madeBy: 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256', value: 'file:///dev/stdin' }
    : { parameter, of, value: '"<the app\'s secret>"' };
}

/**
 * Whether a secret is there, and encrypted. `decrypt`: it is also read; its value is null where it cannot be. It stands in no
 * finding.
 */
export async function lookAtSecret(
  client: SSMClient,
  wanted: Wanted,
  { aws, decrypt }: { readonly aws: Pick<LocalAws, 'endpoint'> | null; readonly decrypt: boolean },
): Promise<{ readonly finding: Finding; readonly value: string | null }> {
  const { parameter, of } = wanted;
  const put = putSecret(wanted, aws);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: decrypt }));
    const value = decrypt ? (Parameter?.Value ?? null) : null;
    if (Parameter?.Type !== 'SecureString') return { finding: warning(`The secret of ${of} (${parameter}) is a ${Parameter?.Type}, and not encrypted.`, `Delete it and create it anew: ${put}`), value };
    // As a file with a line break at its end leaves it; what is made is a text in lines.
    if (value !== null && wanted.madeBy === undefined && value !== value.trim()) return { finding: warning(`The secret of ${of} (${parameter}) has white space around it.`, `Put it anew, if it should have none: ${put} --overwrite`), value };
    return { finding: ok(`The secret of ${of} is there (${parameter}).`), value };
  } catch (error) {
    if (error instanceof ParameterNotFound) return { finding: failure(`The secret of ${of} (${parameter}) is missing.`, `Create it: ${put}`), value: null };
    const what = `The secret of ${of} (${parameter}) could not be read (${reasonOf(error)}).`;
    return { finding: warning(what, `Give the credentials ${decrypt ? 'ssm:GetParameter on it and kms:Decrypt on its key' : 'ssm:GetParameter on it'}, or look by hand.`), value: null };
  }
}
