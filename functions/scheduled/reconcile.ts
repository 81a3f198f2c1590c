import { watchNetworks } from '../../core/reconcile/networks.ts';
import { reconcile } from '../../core/reconcile/reconcile.ts';
import { lambdaClient, stepFunctionsClient } from '../common/clients.ts';
import { stepFunctionsExecutions } from '../common/executions.ts';
import { countedStore } from '../common/observed-store.ts';
import { recordPorts } from '../common/record-ports.ts';
import { lambdaVault } from '../common/vault.ts';
import { readEnvironment } from '../environment.ts';
import { eventsPort, mediaPort } from '../workflow/ports.ts';
import { jobHandler } from './job.ts';
import { stepFunctionsLookUps } from './look-ups.ts';

const { UPLOAD_MACHINE_ARN, ACCOUNT_MACHINE_ARN, CONFIGURED_NETWORKS, VAULT_NAME } = readEnvironment(['UPLOAD_MACHINE_ARN', 'ACCOUNT_MACHINE_ARN', 'CONFIGURED_NETWORKS', 'VAULT_NAME']);
const client = stepFunctionsClient();
const ports = {
  ...recordPorts(),
  media: mediaPort(),
  events: eventsPort(),
  executions: stepFunctionsExecutions({ client, machineArn: UPLOAD_MACHINE_ARN }),
  renewals: lambdaVault({ client: lambdaClient(), functionName: VAULT_NAME }),
  lookUps: stepFunctionsLookUps({ client, machineArn: ACCOUNT_MACHINE_ARN }),
};

export const handler = jobHandler('reconciled', async (log) => {
  const [report] = await Promise.all([
    reconcile({ ...ports, store: countedStore(ports.store, log), log }),
    watchNetworks({ ...ports, log }, CONFIGURED_NETWORKS).catch((error: unknown) => log.error('networks_not_watched', { error })),
  ]);
  return report;
});
