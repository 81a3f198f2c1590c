import { CloudWatchLogsClient, FilterLogEventsCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { writeWhole } from './files.ts';

/** Pages of log events that are read of one group at most. */
const PAGES = 20;

/** Writes what the functions of a stack have logged into one file, by time. The groups' names begin with the stack's, or hold it as a step of a path. */
export async function collectFunctionLogs(client: CloudWatchLogsClient, stackName: string, file: string): Promise<void> {
  const events: { at: number; group: string; text: string }[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      if (new RegExp(`(^|/)${stackName}[-/]`, 'u').test(logGroupName)) events.push(...(await eventsOf(client, logGroupName)));
    }
  }
  const lines = events.toSorted((a, b) => a.at - b.at).map(({ at, group, text }) => `${new Date(at).toISOString()} ${group} ${text}`);
  writeWhole(file, `${lines.join('\n')}\n`);
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
