import { claim } from '../../core/workflow/claim.ts';
import { claimInput } from '../../core/workflow.ts';
import { observedStore } from '../common/observed-store.ts';
import { recordPorts } from '../common/record-ports.ts';
import { mediaPort } from './ports.ts';
import { stateHandler } from './state.ts';

const ports = { ...recordPorts(), media: mediaPort() };

export const handler = stateHandler('claim', claimInput, (input, log) => claim({ ...ports, store: observedStore(ports.store, log) }, input));
