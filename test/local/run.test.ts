import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const runner = join(import.meta.dirname, '../../local/run.mjs');

/** A TypeScript file that says its arguments and its process id, and what signal ended it. */
const script = join(mkdtempSync(join(tmpdir(), 'fanfare-run-')), 'script.ts');
writeFileSync(
  script,
  `const [first = '', ...others]: readonly string[] = process.argv.slice(2);
   process.on('SIGTERM', () => process.exit(41));
   console.log(JSON.stringify({ pid: process.pid, version: process.version, first, others }));
   if (first === 'exit') process.exit(Number(others[0]));
   setInterval(() => {}, 1000);`,
);

interface Running {
  readonly runner: ChildProcess;
  readonly said: { readonly pid: number; readonly version: string; readonly others: readonly string[] };
}

async function run(...parameters: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [runner, script, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { runner: child, said: JSON.parse(chunk.toString()) as Running['said'] };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

describe('local/run.mjs', () => {
  it('runs TypeScript on Node.js 24 with its arguments, and passes the exit code on', async () => {
    const { runner, said } = await run('exit', '7', 'a b');
    const [code] = await once(runner, 'exit');
    expect(said.version).toMatch(/^v24\./u);
    expect(said.others).toEqual(['7', 'a b']);
    expect(code).toBe(7);
  });

  it('passes signals on, and waits for what comes of them', async () => {
    const { runner } = await run('stay');
    runner.kill('SIGTERM');
    const [code] = await once(runner, 'exit');
    expect(code).toBe(41);
  });

  it('leaves nothing behind when it is killed', async () => {
    const { runner, said } = await run('stay');
    expect(runs(said.pid)).toBe(true);
    runner.kill('SIGKILL');
    for (let look = 0; look < 100 && runs(said.pid); look += 1) await sleep(50);
    expect(runs(said.pid)).toBe(false);
  });
});
