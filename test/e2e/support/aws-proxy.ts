import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of a worker to AWS, as it is on the wire. */
export interface AwsCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** `X-Amz-Target` of the JSON protocols (`DynamoDB_20120810.UpdateItem`); empty for S3. */
  readonly target: string;
}

/** What stands before the AWS endpoint and can stop a call there: for the process that made it the network is silent. */
export interface AwsProxy {
  readonly url: string;
  /** Holds the nth call of a kind from now on. Settles when it is there; it never goes any further. */
  hold(kind: (call: AwsCall) => boolean, nth?: number): Promise<AwsCall>;
  /** Lets the nth call of a kind through, and holds its answer. Settles when AWS has answered. */
  holdAnswer(kind: (call: AwsCall) => boolean, nth?: number): Promise<AwsCall>;
  close(): Promise<void>;
}

interface Trap {
  readonly kind: (call: AwsCall) => boolean;
  readonly answer: boolean;
  readonly caught: (call: AwsCall) => void;
  left: number;
}

/** Passes on everything that is not held, unchanged: the signature covers the headers, `Host` among them. */
export async function startAwsProxy(endpoint: string): Promise<AwsProxy> {
  const { hostname, port } = new URL(endpoint);
  let traps: readonly Trap[] = [];

  const trapFor = (call: AwsCall): Trap | undefined => {
    for (const trap of traps) {
      if (!trap.kind(call)) continue;
      trap.left -= 1;
      if (trap.left > 0) continue;
      traps = traps.filter((other) => other !== trap);
      return trap;
    }
    return undefined;
  };

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const { method = 'GET', url: path = '/', headers } = incoming;
    const call: AwsCall = { method, path, target: String(headers['x-amz-target'] ?? '') };
    const trap = trapFor(call);
    if (trap !== undefined && !trap.answer) return trap.caught(call);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const passed = send({ hostname, port, method, path, headers }, resolve);
      passed.once('error', reject);
      passed.end(Buffer.concat(chunks));
    });
    if (trap !== undefined) {
      answer.resume();
      return trap.caught(call);
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  };

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const set = (kind: Trap['kind'], answer: boolean, nth: number): Promise<AwsCall> =>
    new Promise((caught) => {
      traps = [...traps, { kind, answer, caught, left: nth }];
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (kind, nth = 1) => set(kind, false, nth),
    holdAnswer: (kind, nth = 1) => set(kind, true, nth),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
