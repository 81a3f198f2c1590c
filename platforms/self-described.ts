import type { Network } from '../core/model.ts';

/** Networks where no app is registered: it has no id in the configuration, and says of itself what it is (`Linking.clientMetadata`). */
export const selfDescribed: ReadonlySet<Network> = new Set(['bluesky']);
