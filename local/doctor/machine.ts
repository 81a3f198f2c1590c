import { execFileSync } from 'node:child_process';
import { ok, warning, type Finding } from './finding.ts';

const NODE = 24;
const PYTHON = [3, 10] as const;

/** What this machine has. */
export function examineMachine(): readonly Finding[] {
  return [node(process.versions.node), python(pythonVersion())];
}

/** The functions are built for Node.js 24 and run on it; the commands bring it along. */
export function node(version: string): Finding {
  const major = Number(version.split('.')[0]);
  if (major >= NODE) return ok(`Node.js is ${version}.`);
  return warning(`Node.js is ${version}, and the functions run on ${NODE}.`, 'Run the commands by npm run: they bring the right one along.');
}

/** Null: there is none. */
export function python(version: string | null): Finding {
  const remedy = 'Only npm start and the tests need it: install Python 3.10 or newer to run them.';
  if (version === null) return warning('There is no Python.', remedy);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > PYTHON[0] || (major === PYTHON[0] && minor >= PYTHON[1]);
  return enough ? ok(`Python is ${version}.`) : warning(`Python is ${version}.`, remedy);
}

function pythonVersion(): string | null {
  try {
    const said = execFileSync('python3', ['--version'], { encoding: 'utf8', timeout: 10_000 });
    return /\d+\.\d+\.\d+/u.exec(said)?.[0] ?? null;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
