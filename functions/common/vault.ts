import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Vault } from '../../core/linking/vault.ts';
import { errorOf, vaultAnswer, vaultResults, type VaultRequest } from './vault-wire.ts';

/** The vault as other functions reach it. Throws what it refuses, and an `Error` if it died. */
export function lambdaVault({ client, functionName }: { readonly client: LambdaClient; readonly functionName: string }): Vault {
  async function ask(request: VaultRequest): Promise<unknown> {
    const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(request)) }));
    // What it wrote of its death may hold anything: its own log has it.
    if (answer.FunctionError !== undefined) throw new Error(`The vault died on ${request.operation}: ${answer.FunctionError}.`);
    const parsed = vaultAnswer.parse(JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')));
    if (parsed.kind === 'refused') throw errorOf(parsed.error);
    return parsed.result;
  }

  return {
    visit: async (request) => vaultResults.visit.parse(await ask({ operation: 'visit', request })),
    finish: async (request) => vaultResults.finish.parse(await ask({ operation: 'finish', request })),
    signIn: async (request) => vaultResults.signIn.parse(await ask({ operation: 'signIn', request: { ...request, fields: { ...request.fields } } })),
    choose: async ({ targets, ...link }) => void vaultResults.choose.parse(await ask({ operation: 'choose', request: { ...link, targets: [...targets] } })),
    check: async (request) => vaultResults.check.parse(await ask({ operation: 'check', request })),
    renew: async (request) => vaultResults.renew.parse(await ask({ operation: 'renew', request })),
    describe: async (request) => vaultResults.describe.parse(await ask({ operation: 'describe', request })),
    revoke: async (request) => vaultResults.revoke.parse(await ask({ operation: 'revoke', request })),
  };
}
