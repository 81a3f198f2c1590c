import * as z from 'zod';

const HOUR = 3_600_000;

const common = {
  network: z.string(),
  /** Left out: every call to the network. */
  operation: z.string().optional(),
  times: z.int().min(1).default(1),
};
const milliseconds = z.int().min(0).max(HOUR);

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'not the name of a header');
const headerValue = z.string().regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, 'not the value of a header');

/** A fault as users ask for it: what happens to the next `times` calls of one operation. */
export const faultSchema = z.discriminatedUnion('effect', [
  z.strictObject({
    ...common,
    effect: z.literal('refuse'),
    status: z.int().min(200).max(599),
    headers: z.record(headerName, headerValue).default({}),
    /** Text is sent as it is, an object as JSON. */
    body: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
  }),
  z.strictObject({ ...common, effect: z.literal('delay'), ms: milliseconds }),
  z.strictObject({ ...common, effect: z.literal('drop_before') }),
  z.strictObject({ ...common, effect: z.literal('drop_midway'), bytes: z.int().min(0) }),
  z.strictObject({ ...common, effect: z.literal('drop_after') }),
  z.strictObject({ ...common, effect: z.literal('drop_then_do'), ms: milliseconds }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type NewFault = z.input<typeof faultSchema>;

/** The faults that are still to come, in the order in which they were asked for. */
export interface Faults {
  add(fault: Fault): void;
  /** The first one that fits the call; counts as used. */
  take(network: string, operation: string): Fault | null;
  /** `times` is what is left. */
  list(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let open: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void open.push({ fault, left: fault.times }),
    take(network, operation) {
      const found = open.find(({ fault }) => fault.network === network && (fault.operation ?? operation) === operation);
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left === 0) open = open.filter((each) => each !== found);
      return found.fault;
    },
    list: () => open.map(({ fault, left }) => ({ ...fault, times: left })),
    clear() {
      open = [];
    },
  };
}
