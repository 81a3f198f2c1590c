import { claim } from '../../core/workflow/claim.ts';
import { claimInput } from '../../core/workflow.ts';
import { recordPorts } from '../common/record-ports.ts';
import { mediaPort } from './ports.ts';
import { stateHandler } from './state.ts';

const ports = { ...recordPorts(), media: mediaPort() };

export const handler = stateHandler('claim', claimInput, (input) => claim(ports, input));
