import { stepFunctionsExecutions } from '../../common/executions.ts';
import { stepFunctionsClient } from '../../common/clients.ts';
import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { uploadPorts } from '../../common/upload-ports.ts';
import { readEnvironment } from '../../environment.ts';
import { uploadsChangeEndpoints } from '../endpoints/uploads-change.ts';

const records = recordPorts();
const portsFor = uploadPorts(records);
const machineArn = readEnvironment(['UPLOAD_MACHINE_ARN']).UPLOAD_MACHINE_ARN;
const executions = stepFunctionsExecutions({ client: stepFunctionsClient(), machineArn });

export const handler = groupHandler(groupSettings(records), (log) => ({ ...portsFor(log), executions }), uploadsChangeEndpoints);
