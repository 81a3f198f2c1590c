import { inspect } from '../../core/workflow/inspect.ts';
import { planInput } from '../../core/workflow.ts';
import { mediaPort, planningPorts, rulesPort } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = planningPorts();
const media = mediaPort();
const networks = rulesPort();

export const handler = stateHandler('inspect', planInput, (input, log) => inspect({ ...portsFor(log), media, networks }, input));
