import { reconcile } from '../../core/reconcile/reconcile.ts';
import { stepFunctionsClient } from '../common/clients.ts';
import { stepFunctionsExecutions } from '../common/executions.ts';
import { countedStore } from '../common/observed-store.ts';
import { recordPorts } from '../common/record-ports.ts';
import { readEnvironment } from '../environment.ts';
import { eventsPort, mediaPort } from '../workflow/ports.ts';
import { jobHandler } from './job.ts';
import { stepFunctionsLookUps } from './look-ups.ts';

const { UPLOAD_MACHINE_ARN, ACCOUNT_MACHINE_ARN } = readEnvironment(['UPLOAD_MACHINE_ARN', 'ACCOUNT_MACHINE_ARN']);
const client = stepFunctionsClient();
const ports = {
  ...recordPorts(),
  media: mediaPort(),
  events: eventsPort(),
  executions: stepFunctionsExecutions({ client, machineArn: UPLOAD_MACHINE_ARN }),
  lookUps: stepFunctionsLookUps({ client, machineArn: ACCOUNT_MACHINE_ARN }),
};

export const handler = jobHandler('reconciled', (log) => reconcile({ ...ports, store: countedStore(ports.store, log), log }));
