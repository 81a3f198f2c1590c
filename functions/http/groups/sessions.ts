import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { uploadPorts } from '../../common/upload-ports.ts';
import { sessionsEndpoints } from '../endpoints/sessions.ts';

const records = recordPorts();

export const handler = groupHandler(groupSettings(records), uploadPorts(records), sessionsEndpoints);
