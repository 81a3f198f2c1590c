import { SandboxError } from './refusal.ts';

/** The documented caps of a network with those that were set instead. Throws a `SandboxError` for one that does not exist. */
export function withCaps<Name extends string>(
  documented: Readonly<Record<Name, number>>,
  set: Readonly<Record<string, number>>,
): Readonly<Record<Name, number>> {
  const unknown = Object.keys(set).find((name) => !Object.hasOwn(documented, name));
  if (unknown !== undefined) throw new SandboxError(`There is no cap ${unknown}: ${Object.keys(documented).join(', ')}.`);
  return { ...documented, ...set };
}
