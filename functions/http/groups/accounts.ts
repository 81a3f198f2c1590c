import { platforms } from '../../../platforms/registry.ts';
import { stepFunctionsClient } from '../../common/clients.ts';
import { stepFunctionsExecutions } from '../../common/executions.ts';
import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { readEnvironment } from '../../environment.ts';
import { accountsEndpoints } from '../endpoints/accounts.ts';

const records = recordPorts();
const machineArn = readEnvironment(['UPLOAD_MACHINE_ARN']).UPLOAD_MACHINE_ARN;
const executions = stepFunctionsExecutions({ client: stepFunctionsClient(), machineArn });
const kinds = new Map(platforms.map((platform) => [platform.network, platform.kinds]));
const kindsOf = (network: string) => kinds.get(network) ?? [];

export const handler = groupHandler(groupSettings(records), (log) => ({ ...records, executions, kindsOf, log }), accountsEndpoints);
