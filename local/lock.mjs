import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 200;
const PATIENCE_MS = 10 * 60 * 1000;

/**
 * Runs `work` while no other process of this machine runs under the same lock file. A lock whose holder has died is taken
 * over. `onWait` is called once when somebody else has it. Throws when it is not free after ten minutes.
 */
export async function withLock(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    const giveUpAt = Date.now() + PATIENCE_MS;
    let waited = false;
    while (!take(mine, file)) {
      if (Date.now() > giveUpAt) throw new Error(`Another process has held ${file} for ten minutes: end it, or delete that file.`);
      if (!waited) onWait();
      waited = true;
      await sleep(LOOK_MS);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes a lock if it is free; gives the function that frees it, or null if another process that runs has it. */
export function tryLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    // The second attempt comes after a lock of the dead was moved away.
    return take(mine, file) || take(mine, file) ? () => rmSync(file, { force: true }) : null;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** `link` creates the lock with its content at once, or fails if it is there. */
function take(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = readHolder(file);
  if (holder === null || alive(holder)) return false;
  // Only one of those who see a dead holder can move the lock away; who moved a living one's away by mistake puts it back.
  const stale = `${mine}.stale`;
  try {
    renameSync(file, stale);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false;
  }
  if (readHolder(stale) !== holder) linkSync(stale, file);
  rmSync(stale, { force: true });
  return false;
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return null;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
