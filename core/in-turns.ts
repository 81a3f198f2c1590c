/** Does the work for each of the values, for at most so many at a time, begun in their order. */
export async function inTurns<Value>(values: Iterable<Value>, atOnce: number, work: (value: Value) => Promise<void>): Promise<void> {
  // The workers share one iterator, which hands each value out once.
  const left = values[Symbol.iterator]();
  const worker = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
