import { groupHandler } from '../../common/group.ts';
import { groupSettings, recordPorts } from '../../common/ports.ts';
import { keysEndpoints } from '../endpoints/keys.ts';

const ports = recordPorts();

export const handler = groupHandler(groupSettings(ports), () => ports, keysEndpoints);
