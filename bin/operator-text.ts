import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const platformsDirectory = join(import.meta.dirname, '..', 'platforms');

/** What people wrote of a network for operators: CommonMark, for its section of `docs/networks.md`. */
export function operatorText(network: string): string {
  return readFileSync(join(platformsDirectory, network, 'operator.md'), 'utf8').trim();
}

/** What an operator registers at a network, as plain text, and the address of the portal where that is done. */
export interface Registration {
  readonly what: string;
  readonly where: string;
}

/** As the table at the head of the network's `operator.md` says. Throws where that names no portal: apps that describe themselves have none. */
export function registrationOf(network: string): Registration {
  const text = operatorText(network);
  const [what, where] = ['to be registered', 'registered at'].map((row) => cellOf(text, row));
  if (what === undefined || where === undefined) throw new Error(`platforms/${network}/operator.md does not say what is to be registered, and where.`);
  return { what: what.replaceAll(/\*\*|`/gu, ''), where: where.replaceAll(/[<>]/gu, '') };
}

function cellOf(text: string, row: string): string | undefined {
  return new RegExp(`^\\| ${row} \\| (.+) \\|$`, 'mu').exec(text)?.[1];
}
