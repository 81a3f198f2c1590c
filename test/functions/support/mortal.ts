/** The process died: nothing that it does from now on takes place. */
export class Died extends Error {
  override readonly name = 'Died';
}

export interface Mortal {
  /** The same object, whose calls die with the process. */
  wrap<Target extends object>(target: Target): Target;
  /** Lets the process die at its n-th write from now, or at the next call of this name, before it takes place or right after; 0: never. */
  dieAt(write: number | string, when: 'before' | 'after'): void;
  /** Writes begun since `dieAt`. */
  readonly writes: number;
}

const READS = /^(?:get|list|count|find|sign|isRunning)/u;

/** Whether a call of this name changes nothing. */
export function isRead(name: string | symbol): boolean {
  return READS.test(String(name));
}

/** A process whose calls of its ports can be cut off: a killed function leaves what it has written, and does nothing more. */
export function mortal(): Mortal {
  let [when, writes] = ['before', 0];
  let dying: number | string = 0;
  let dead = false;
  const wrap = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (inner, name) => {
        const method: unknown = Reflect.get(inner, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          if (dead) throw new Died();
          const writing = !isRead(name);
          if (writing) writes += 1;
          const last = (writing && writes === dying) || name === dying;
          if (last && when === 'before') dead = true;
          if (dead) throw new Died();
          const result: unknown = await Reflect.apply(method, inner, args);
          if (last) dead = true;
          if (dead) throw new Died();
          return result;
        };
      },
    });
  return {
    wrap,
    dieAt: (write, moment) => {
      [dying, when, writes, dead] = [write, moment, 0, false];
    },
    get writes() {
      return writes;
    },
  };
}
