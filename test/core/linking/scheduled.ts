import type * as fc from 'fast-check';

/** Each call of a port waits for its turn, which the scheduler gives. */
export function scheduled<Port extends object>(scheduler: fc.Scheduler, port: Port): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]): Promise<unknown> => {
        await scheduler.schedule(Promise.resolve(), String(name));
        return Reflect.apply(method, target, parameters);
      };
    },
  });
}
