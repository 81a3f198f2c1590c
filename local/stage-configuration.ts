import { join } from 'node:path';
import { root } from './paths.ts';

/** The configuration that an operator's command is about: `FANFARE_CONFIG`, or `config/<stage>.json`. Throws if neither is named. */
export function configurationFileOf(stage: string | undefined): string {
  const named = process.env['FANFARE_CONFIG'];
  if (named !== undefined && named !== '') return named;
  if (stage === undefined) throw new Error('Say which stage: --stage S is about what config/S.json describes.');
  return join(root, 'config', `${stage}.json`);
}
