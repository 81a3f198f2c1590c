import { finish } from '../../core/workflow/finish.ts';
import { planInput } from '../../core/workflow.ts';
import { planningPorts } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = planningPorts();

export const handler = stateHandler('finish', planInput, (input, log) => finish(portsFor(log), input));
