import { runStep } from '../../core/publishing/run-step.ts';
import { stepInput } from '../../core/workflow.ts';
import { stepPorts } from './ports.ts';
import { stateHandler } from './state.ts';

const portsFor = stepPorts();

export const handler = stateHandler('transfer', stepInput, (input, log) => runStep(portsFor(log), 'transfer', input));
