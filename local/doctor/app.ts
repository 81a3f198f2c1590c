import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Linking } from '../../core/ports/index.ts';
import type { Configuration } from '../../lib/configuration.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { LocalAws } from '../aws.ts';
import type { Address } from './address.ts';

/** Seconds. All networks are asked at once, so that this is what all of it takes. */
export const ASKING = 8;

/** Where the networks are looked at, and what is known there. */
export interface Surroundings extends Address {
  /** Null: there is none; then nothing is configured. */
  readonly configuration: Pick<Configuration, 'name' | 'stage' | 'networks'> | null;
  readonly aws: LocalAws | null;
  /** Whether the parameter store answers. */
  readonly reached: boolean;
}

/** The app of a network that is configured. */
export interface App {
  readonly platform: Platform;
  readonly linking: Linking;
  readonly own: Configuration['networks'][string];
  readonly ssm: SSMClient;
  readonly surroundings: Surroundings;
}
