import { plan } from '../../core/workflow/plan.ts';
import { planInput } from '../../core/workflow.ts';
import { planningPorts } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = planningPorts();

export const handler = stateHandler('due', planInput, (input, log) => plan(portsFor(log), input));
