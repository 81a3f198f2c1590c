import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { uploadsReadEndpoints } from '../endpoints/uploads-read.ts';

const ports = recordPorts();

export const handler = groupHandler(groupSettings(ports), () => ports, uploadsReadEndpoints);
