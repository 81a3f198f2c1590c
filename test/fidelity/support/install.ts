import { join } from 'node:path';
import { npmEnvironment } from '../../../local/npm.ts';
import { pythonScript, type PythonEnvironment } from '../../../local/python.ts';

/** Where the programs are installed that nobody here wrote. */
export interface Installed {
  /** The folder that has `node_modules`. */
  readonly npm: string;
  /** Interpreters of two virtual environments: the packages of some clients exclude those of others. */
  readonly python: Readonly<Record<PythonName, string>>;
}

export type PythonName = 'current' | 'older';

const manifests = join(import.meta.dirname, '..');
const packages = { name: 'fidelity-npm', manifests: join(manifests, 'npm'), what: "the networks' npm clients and a Bluesky server" };
const pythons: readonly PythonEnvironment[] = (['current', 'older'] as const).map((name) => ({
  name: `fidelity-${name}`,
  requirements: join(manifests, 'python', `requirements-${name}.txt`),
  minor: 11,
  what: `the ${name === 'older' ? 'older of the ' : ''}networks' Python clients`,
}));

/** Installs what is missing, into `.local/`. Throws one clear sentence if a prerequisite is. */
export async function install(onWork: (what: string) => void): Promise<Installed> {
  const [npm, current = '', older = ''] = await Promise.all([npmEnvironment(packages, onWork), ...pythons.map((each) => pythonScript(each, 'python', onWork))]);
  return { npm, python: { current, older } };
}
