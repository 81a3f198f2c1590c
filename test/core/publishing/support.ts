import type { Delivery } from '../../../core/model.ts';
import type { Connector, Ports } from '../../../core/ports/index.ts';
import { runStep } from '../../../core/publishing/run-step.ts';
import type { StepInput, StepResult } from '../../../core/workflow.ts';
import type { Simulation, SimulationOptions } from '../simulation.ts';
import type { Weather } from '../support/test-network.ts';

/** The delivery of a world with one upload to one account. */
export async function deliveryOf(world: Simulation): Promise<Delivery> {
  const [delivery] = await world.deliveries();
  if (delivery === undefined) throw new Error('There is no delivery.');
  return delivery;
}

/** Begins one step of that delivery; time has to be let pass by the caller. */
export async function begun(
  world: Simulation,
  role: 'transfer' | 'publish',
  changes: Partial<StepInput> = {},
  ports: Ports = world.ports,
): Promise<StepResult> {
  const { uploadId, accountId, revision } = await deliveryOf(world);
  const input: StepInput = { v: 1, uploadId, accountId, revision, execution: 'child-1', steps: 0, waitedFor: 0, ...changes };
  return runStep(ports, role, input);
}

/** Runs one step of that delivery, with time passing as it needs. */
export function step(...parameters: Parameters<typeof begun>): Promise<StepResult> {
  const [world] = parameters;
  return world.time.run(begun(...parameters));
}

/** The world's ports with a connector that does something else. */
export function portsWith(world: Simulation, changes: Partial<Connector>): Ports {
  const connector: Connector = { ...world.network.connector, ...changes };
  return { ...world.ports, networks: { ...world.ports.networks, connector: () => connector } };
}

/** Weather for publish calls only. */
export function publishing(...given: readonly (Weather | undefined)[]): SimulationOptions {
  return { network: { weather: (operation, nth) => (operation === 'publish' ? given[nth - 1] : undefined) } };
}

export function operations(world: Simulation): readonly string[] {
  return world.network.calls.map((call) => call.operation);
}
