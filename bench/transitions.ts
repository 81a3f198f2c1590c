import { GetExecutionHistoryCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { bareId } from '../core/ids.ts';

/** The state machines of a deployed stack. */
export interface StateMachines {
  readonly stateMachineArn: string;
  readonly accountStateMachineArn: string;
}

/** State transitions (states entered) of one upload, in the executions of both machines. */
export async function countTransitions(client: SFNClient, machines: StateMachines, uploadId: string): Promise<number> {
  const children = await executions(client, machines.accountStateMachineArn);
  const own = children.filter(({ name }) => name.startsWith(`${bareId(uploadId)}-`));
  if (own.length === 0) throw new Error(`No account's execution of ${uploadId} was found.`);
  let parent: string | undefined;
  let count = 0;
  for (const { arn } of await executions(client, machines.stateMachineArn)) {
    const events = await history(client, arn);
    if (!events.some(({ text }) => text.includes(uploadId))) continue;
    parent = arn;
    count += events.filter(({ entered }) => entered).length;
  }
  if (parent === undefined) throw new Error(`No execution of ${uploadId} was found.`);
  for (const { arn } of own) count += (await history(client, arn)).filter(({ entered }) => entered).length;
  return count;
}

async function executions(client: SFNClient, stateMachineArn: string): Promise<readonly { arn: string; name: string }[]> {
  const found: { arn: string; name: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListExecutionsCommand({ stateMachineArn, ...(nextToken !== undefined && { nextToken }) }));
    for (const { executionArn, name } of page.executions ?? []) found.push({ arn: executionArn ?? '', name: name ?? '' });
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

async function history(client: SFNClient, executionArn: string): Promise<readonly { entered: boolean; text: string }[]> {
  const events: { entered: boolean; text: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, includeExecutionData: true, ...(nextToken !== undefined && { nextToken }) }),
    );
    for (const event of page.events ?? []) events.push({ entered: event.type?.endsWith('StateEntered') === true, text: JSON.stringify(event) });
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}
