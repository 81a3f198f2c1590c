import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../core/clock.ts';
import { ulidIds } from '../../core/ids.ts';
import type { Ports } from '../../core/ports/index.ts';
import { times } from '../../core/times.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { readEnvironment } from '../environment.ts';
import { dynamoClient } from './clients.ts';

/** What every function works with, made once per cold start: the table, the time, ids. */
export function recordPorts(): Pick<Ports, 'store' | 'clock' | 'ids' | 'times'> {
  const { TABLE_NAME: tableName, PACE: pace } = readEnvironment(['TABLE_NAME', 'PACE']);
  const store = dynamoStore({
    client: DynamoDBDocumentClient.from(dynamoClient()),
    tableName,
    conflictSeconds: times[pace].conflict,
  });
  return { store, clock: systemClock, ids: ulidIds(systemClock), times: times[pace] };
}
