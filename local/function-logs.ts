import { CloudWatchLogsClient, FilterLogEventsCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { writeWhole } from './files.ts';

/** Pages of log events that are read of one group at most. */
const PAGES = 20;

/** Writes what the functions of a stage have logged into one file, by time. Gives the number of lines. */
export async function collectFunctionLogs(client: CloudWatchLogsClient, functionNames: readonly string[], file: string): Promise<number> {
  const events: { at: number; group: string; text: string }[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      if (functionNames.some((name) => logGroupName.endsWith(name))) events.push(...(await eventsOf(client, logGroupName)));
    }
  }
  const lines = events.toSorted((a, b) => a.at - b.at).map(({ at, group, text }) => `${new Date(at).toISOString()} ${group} ${text}`);
  writeWhole(file, `${lines.join('\n')}\n`);
  return lines.length;
}

async function eventsOf(client: CloudWatchLogsClient, logGroupName: string) {
  const found: { at: number; group: string; text: string }[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.send(new FilterLogEventsCommand({ logGroupName, ...(nextToken !== undefined && { nextToken }) }));
    for (const { timestamp = 0, message = '' } of answer.events ?? []) {
      found.push({ at: timestamp, group: logGroupName.split('/').at(-1) ?? '', text: message.trimEnd() });
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return found;
}
