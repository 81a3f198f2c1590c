import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../core/clock.ts';
import { ulidIds } from '../../core/ids.ts';
import type { Ports } from '../../core/ports/index.ts';
import { times } from '../../core/times.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { readEnvironment } from '../environment.ts';
import { dynamoClient } from './clients.ts';
import type { GroupSettings } from './group.ts';
import { tokenVerifier } from './jwt.ts';
import { jsonLog } from './log.ts';

/** What every group of routes works with, made once per cold start. */
export function recordPorts(): Pick<Ports, 'store' | 'clock' | 'ids' | 'times'> {
  const { TABLE_NAME: tableName, PACE: pace } = readEnvironment(['TABLE_NAME', 'PACE']);
  const store = dynamoStore({
    client: DynamoDBDocumentClient.from(dynamoClient()),
    tableName,
    conflictSeconds: times[pace].conflict,
  });
  return { store, clock: systemClock, ids: ulidIds(systemClock), times: times[pace] };
}

/** How every group of routes finds out who calls, and answers. */
export function groupSettings(ports: Pick<Ports, 'store' | 'clock'>): GroupSettings {
  const environment = readEnvironment(['IDENTITY', 'ERROR_DOCS_URL', 'ORIGINS']);
  return {
    authenticator: { store: ports.store, clock: ports.clock, verifyToken: tokenVerifier(environment.IDENTITY) },
    docsUrl: environment.ERROR_DOCS_URL,
    origins: environment.ORIGINS,
    log: jsonLog,
  };
}
