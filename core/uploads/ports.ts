import type { Network, Plan } from '../model.ts';
import type { Connector, Ports } from '../ports/index.ts';

/** What the use cases around creating an upload need: of the networks their rules, and nothing of tokens or transports. */
export interface UploadPorts extends Pick<Ports, 'store' | 'media' | 'clock' | 'ids' | 'times' | 'log'> {
  /** Of tenants without a plan of their own. */
  readonly defaultPlan: Plan;
  readonly networks: { connector(network: Network): Pick<Connector, 'violations' | 'attachments' | 'dependentOptions'> | undefined };
}
