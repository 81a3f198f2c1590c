import type * as z from 'zod';
import type { Connector } from '../core/ports/index.ts';
import type { Kind, Network } from '../core/model.ts';
import type { Cap } from './caps.ts';
import type { Limit } from './limits.ts';

/**
 * What a network's folder exports from its `index.ts`: the connector that the publish guard drives, and what the API says of
 * the network. The files of a folder: `index.ts` (this contract), `client.ts` (HTTP calls, one function a call), `publish.ts`
 * (the steps), `errors.ts` (the network's codes to ours), `rules.ts` (options, limits and preflight rules), `operator.md` (what
 * an operator has to know and do, for `docs/networks.md`), `link.ts` (`linking`, for `linkings.ts`); and others where one of these would grow too long.
 */
export interface Platform extends Connector {
  /** For people: `YouTube`. */
  readonly title: string;
  readonly kinds: readonly Kind[];
  /**
   * Schema of `options.<network>` of an upload, and of an account's defaults, which complete each other: so nothing in it is required,
   * and what the network demands is a rule. Strict. What is left out has the connector's default, which its JSON schema names.
   */
  readonly optionsSchema: z.ZodObject;
  /** The limits that `violations` applies, also where a network told other ones for an account. */
  readonly limits: readonly Limit[];
  /** How often may be posted: no rules, see `Cap`. */
  readonly caps: readonly Cap[];
  /**
   * What the network fetches by itself, from an address that is signed for it: `kinds` of uploads whose files (or some of them)
   * it fetches, and whether only from a host that the operator's app has proved to own. Left out: nothing.
   */
  readonly pulls?: { readonly kinds: readonly Kind[]; readonly verifiedHost: boolean };
  /** A field beside `options` that means `options.<network>`, where a wire format knows the network by one. */
  readonly metadataAlias?: string;
  /** The network's real base URLs by the connector's names for them; the configuration may replace each. */
  readonly defaultEndpoints: Readonly<Record<string, string>>;
  /** The network with whose app accounts of this one can be linked too, by its login; left out: none. */
  readonly loginThrough?: Network;
}
