import { recordFailure } from '../../core/workflow/record-failure.ts';
import { failureInput } from '../../core/workflow.ts';
import { planningPorts } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = planningPorts();

export const handler = stateHandler('failure', failureInput, (input, log) => recordFailure(portsFor(log), input));
