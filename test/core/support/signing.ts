/**
 * Keys sign outside of the thread that runs the tests: whoever waits for that neither sleeps nor works here. Counts the calls under way,
 * for clocks that stand still meanwhile (`virtualTime`).
 */
let underWay = 0;

export function isSigning(): boolean {
  return underWay > 0;
}

for (const name of ['sign', 'importKey', 'exportKey', 'digest'] as const) {
  const method: (...parameters: never[]) => Promise<unknown> = crypto.subtle[name].bind(crypto.subtle);
  const counted = async (...parameters: never[]): Promise<unknown> => {
    underWay += 1;
    try {
      return await method(...parameters);
    } finally {
      underWay -= 1;
    }
  };
  Object.defineProperty(crypto.subtle, name, { value: counted });
}
