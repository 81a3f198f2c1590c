/**
 * Loaded before every local command (`node --import`): when `run.mjs`, which started it, is gone, the command gets the same
 * SIGTERM that would otherwise have been passed on, and ends in order.
 */
const PATIENCE_MS = 60_000;

if (process.channel !== undefined) {
  process.channel.unref();
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  });
}
