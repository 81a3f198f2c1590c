import type { Networks, Ports } from '../ports/index.ts';

/** What the use cases around creating an upload need: nothing of tokens, network applications or transports. */
export interface UploadPorts extends Pick<Ports, 'store' | 'media' | 'clock' | 'ids' | 'times' | 'log'> {
  readonly networks: Pick<Networks, 'connector'>;
}
