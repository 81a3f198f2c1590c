import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { platforms } from '../../../platforms/registry.ts';
import { stepFunctionsClient } from '../../common/clients.ts';
import { defaultsErrors } from '../../common/defaults-errors.ts';
import { stepFunctionsExecutions } from '../../common/executions.ts';
import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { readEnvironment } from '../../environment.ts';
import { accountsEndpoints } from '../endpoints/accounts.ts';
import { networkViews } from '../native/network-views.ts';

const records = recordPorts();
const { UPLOAD_MACHINE_ARN: machineArn, NETWORKS: configured } = readEnvironment(['UPLOAD_MACHINE_ARN', 'NETWORKS']);
const executions = stepFunctionsExecutions({ client: stepFunctionsClient(), machineArn });
const kinds = new Map(platforms.map((platform) => [platform.network, platform.kinds]));
/** The build puts it beside the bundle (`bin/options-json.ts`). */
const options = z.record(z.string(), z.record(z.string(), z.unknown())).parse(JSON.parse(readFileSync(join(import.meta.dirname, 'options.json'), 'utf8')));
const networks = {
  kindsOf: (network: string) => kinds.get(network) ?? [],
  networkViews: networkViews(platforms, { isConfigured: (network) => Object.hasOwn(configured, network), options }),
  defaultsErrors: defaultsErrors(platforms),
};

export const handler = groupHandler(groupSettings(records), (log) => ({ ...records, ...networks, executions, log }), accountsEndpoints);
