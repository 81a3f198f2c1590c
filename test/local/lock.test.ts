import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tryLock, withLock } from '../../local/lock.mjs';

function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'fanfare-lock-')), 'test.lock');
}

/** The id of a process that has ended. */
function deadProcess(): number {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return pid;
}

describe('a lock', () => {
  it('is free again after the work, also when the work fails', async () => {
    const file = newFile();
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
    expect(await withLock(file, () => 7)).toBe(7);
    expect(existsSync(file)).toBe(false);
  });

  it('of a process that has died is taken over', async () => {
    const file = newFile();
    writeFileSync(file, String(deadProcess()));
    expect(await withLock(file, () => 'mine')).toBe('mine');
  });

  it('makes others wait, and says once that they wait', async () => {
    const file = newFile();
    const unlock = tryLock(file);
    let waits = 0;
    let done = false;
    const second = withLock(file, () => (done = true), () => (waits += 1));
    await sleep(500);
    expect({ done, waits }).toEqual({ done: false, waits: 1 });
    unlock?.();
    expect(await second).toBe(true);
  });

  it('is refused at once to who does not want to wait', () => {
    const file = newFile();
    const unlock = tryLock(file);
    expect(unlock).not.toBeNull();
    expect(tryLock(file)).toBeNull();
    unlock?.();
    expect(tryLock(file)).not.toBeNull();
  });

  it('of a dead process is had at once, without waiting', () => {
    const file = newFile();
    writeFileSync(file, String(deadProcess()));
    expect(tryLock(file)).not.toBeNull();
  });
});
