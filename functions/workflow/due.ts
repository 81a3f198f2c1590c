import { due } from '../../core/workflow/due.ts';
import { planInput } from '../../core/workflow.ts';
import { mediaPort, planningPorts } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = planningPorts();
const media = mediaPort();

export const handler = stateHandler('due', planInput, (input, log) => due({ ...portsFor(log), media }, input));
