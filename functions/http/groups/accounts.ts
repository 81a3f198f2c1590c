import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { platforms } from '../../../platforms/registry.ts';
import { lambdaClient, stepFunctionsClient } from '../../common/clients.ts';
import { defaultsErrors } from '../../common/defaults-errors.ts';
import { stepFunctionsExecutions } from '../../common/executions.ts';
import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { linkableOf } from '../../common/linkable.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { lambdaVault } from '../../common/vault.ts';
import { readEnvironment } from '../../environment.ts';
import { accountsEndpoints } from '../endpoints/accounts.ts';
import { networkViews } from '../native/network-views.ts';

const records = recordPorts();
const { UPLOAD_MACHINE_ARN: machineArn, CONFIGURED_NETWORKS: configured, VAULT_NAME: functionName, LINKING } = readEnvironment(['UPLOAD_MACHINE_ARN', 'CONFIGURED_NETWORKS', 'VAULT_NAME', 'LINKING']);
const isConfigured = (network: string) => configured.includes(network);
const executions = stepFunctionsExecutions({ client: stepFunctionsClient(), machineArn });
const byName = new Map(platforms.map((platform) => [platform.network, platform]));
/** The build puts it beside the bundle (`bin/options-json.ts`). */
const options = z.record(z.string(), z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(join(import.meta.dirname, 'options.json'), 'utf8')));
const networks = {
  platformOf: (network: string) => byName.get(network),
  networkViews: networkViews(platforms, { isConfigured, options }),
  defaultsErrors: defaultsErrors(platforms),
};
const linking = { ...LINKING, isConfigured, linkable: linkableOf(platforms), vault: lambdaVault({ client: lambdaClient(), functionName }) };

export const handler = groupHandler(groupSettings(records), (log) => ({ ...records, ...networks, ...linking, executions, log }), accountsEndpoints);
