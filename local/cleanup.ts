/** What has to be undone at the end, whichever way the end comes. */
export interface Cleanup {
  /** Things are undone in the reverse order in which they were added. */
  add(undo: () => Promise<void> | void): void;
  /** Undoes everything; what fails does not keep the rest from being undone, and is thrown at the end. Repeating it waits for the first. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const undos: (() => Promise<void> | void)[] = [];
  let running: Promise<void> | null = null;

  async function undoAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'Several things could not be ended in order.');
  }

  return {
    add: (undo) => void undos.push(undo),
    run: () => (running ??= undoAll()),
  };
}
