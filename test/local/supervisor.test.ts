import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../../local/process.ts';

const module = join(import.meta.dirname, '../../local/process.ts');
/** A command that leaves a child of its own behind, and says both ids. */
const FAMILY = ['-c', 'sleep 600 & echo $$ $!; wait'];

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'fanfare-supervisor-'));
}

/** Ids that the family wrote down. */
async function familyOf(file: string): Promise<readonly number[]> {
  for (let look = 0; look < 100; look += 1) {
    const ids = readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim().split(' ').map(Number);
    if (ids.length === 2) return ids;
    await sleep(50);
  }
  throw new Error('the family did not start');
}

function runs(id: number): boolean {
  try {
    // A process that ended and waits to be collected does not run any more.
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function allGone(ids: readonly number[]): Promise<boolean> {
  for (let look = 0; look < 100; look += 1) {
    if (!ids.some(runs)) return true;
    await sleep(50);
  }
  return false;
}

describe.runIf(process.platform === 'linux')('what is started locally', () => {
  it('ends with all that it started when it is stopped', async () => {
    const file = join(folder(), 'ids');
    const family = startProcess({ command: 'sh', parameters: FAMILY, environment: process.env, directory: '/', output: { file } });
    const ids = await familyOf(file);
    expect(ids.every(runs)).toBe(true);
    await family.stop();
    expect(await allGone(ids)).toBe(true);
  });

  it('ends with all that it started when its starter is killed', async () => {
    const file = join(folder(), 'ids');
    const script = `
      import { startProcess } from ${JSON.stringify(module)};
      startProcess({ command: 'sh', parameters: ${JSON.stringify(FAMILY)}, environment: process.env, directory: '/', output: { file: ${JSON.stringify(file)} } });
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
    const ids = await familyOf(file);
    starter.kill('SIGKILL');
    expect(await allGone(ids)).toBe(true);
  });

  it('leaves nothing behind when it ends by itself, and its exit code gets through', async () => {
    const file = join(folder(), 'ids');
    const family = startProcess({ command: 'sh', parameters: ['-c', 'sleep 600 & echo $$ $!; exit 7'], environment: process.env, directory: '/', output: { file } });
    expect(await family.exited).toBe(7);
    expect(await allGone(await familyOf(file))).toBe(true);
  });

  it('is killed when it does not heed SIGTERM', async () => {
    const file = join(folder(), 'ids');
    const deaf = ['-c', `trap '' TERM; sleep 600 & echo $$ $!; while :; do wait; done`];
    const family = startProcess({ command: 'sh', parameters: deaf, environment: process.env, directory: '/', output: { file }, grace: 0.3 });
    const ids = await familyOf(file);
    await family.stop();
    expect(await allGone(ids)).toBe(true);
  });

  it('says so when it cannot be started', async () => {
    const file = join(folder(), 'log');
    const none = startProcess({ command: '/no/such/command', environment: process.env, directory: '/', output: { file } });
    expect(await none.exited).toBe(127);
    expect(readFileSync(file, 'utf8')).toContain('/no/such/command cannot be started');
  });
});
