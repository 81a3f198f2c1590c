import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../../core/clock.ts';

/** How long a secret is kept in memory: a replaced one is seen without a new deployment. */
const SECRET_LIFE_MS = 10 * 60 * 1000;

/** Gives the secret that stands under a name in the parameter store. Throws if there is none. */
export type ReadSecret = (parameter: string) => Promise<string>;

/** Secrets from SSM parameters, decrypted, each read once in ten minutes. */
export function secretReader({ ssm, clock }: { readonly ssm: () => SSMClient; readonly clock: Clock }): ReadSecret {
  const secrets = new Map<string, { readonly secret: string; readonly readAt: number }>();
  return async (parameter) => {
    const now = clock.now().getTime();
    const known = secrets.get(parameter);
    if (known !== undefined && now - known.readAt < SECRET_LIFE_MS) return known.secret;
    const answer = await ssm().send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    const secret = answer.Parameter?.Value;
    if (secret === undefined) throw new Error(`The parameter ${parameter} has no value.`);
    secrets.set(parameter, { secret, readAt: now });
    return secret;
  };
}
