const TIMEOUT_MS = 10_000;

/** Tells a running sandbox something by its control API (`docs/sandbox.md`), and gives what it answers. Throws in its words. */
export async function tellSandbox(sandboxUrl: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The sandbox refused ${path}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
