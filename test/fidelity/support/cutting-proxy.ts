import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../../local/ports.ts';
import { createFaults, faultSchema, type Fault, type Faults, type NewFault } from '../../../sandbox/faults.ts';

/** A request as it came, whole. `target` is path and query. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Given {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface CuttingProxyOptions {
  /** The one that is behind, as faults call it. */
  readonly network: string;
  /** What a request is called in faults. */
  readonly operation: (request: Received) => string;
  readonly forward: (request: Received) => Promise<Given>;
  /** Holds a call for so many milliseconds, as long as faults say. */
  readonly hold: (ms: number) => Promise<void>;
}

/** A proxy of HTTP that does to connections what the sandbox's faults say, but to real ones. */
export interface CuttingProxy {
  readonly url: string;
  addFault(fault: NewFault): void;
  readonly faults: Pick<Faults, 'list' | 'clear'>;
  stop(): Promise<void>;
}

export async function startCuttingProxy({ network, operation, forward, hold }: CuttingProxyOptions): Promise<CuttingProxy> {
  const faults = createFaults();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    if (received === null) return;
    const fault = faults.take(network, operation(received));
    const answer = await act(fault, received);
    if (answer === null) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /** The whole request; null if it was cut inside. */
  async function receive(request: IncomingMessage): Promise<Received | null> {
    const cut = faults.list().find((fault) => fault.effect === 'drop_midway');
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (cut?.effect === 'drop_midway' && size >= cut.bytes) {
        faults.take(network, cut.operation ?? '');
        request.socket.destroy();
        return null;
      }
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return { method: request.method ?? '', target: request.url ?? '', headers, body: Buffer.concat(chunks) };
  }

  /** Null: the connection is cut. */
  async function act(fault: Fault | null, request: Received): Promise<Given | null> {
    switch (fault?.effect) {
      case undefined:
        return forward(request);
      case 'refuse':
        return { status: fault.status, headers: fault.headers, body: typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body) };
      case 'delay':
        await hold(fault.ms);
        return forward(request);
      case 'drop_before':
      case 'drop_midway':
        return null;
      case 'drop_after':
        await forward(request);
        return null;
      case 'drop_then_do':
        void hold(fault.ms).then(() => forward(request));
        return null;
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Of a client that hung up nothing more is wanted; anything else is told, and the client sees a cut connection.
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) console.error(error);
      request.socket.destroy();
    });
  });
  const { port, stop } = await listen(server, '127.0.0.1');
  return { url: `http://localhost:${port}`, addFault: (fault) => faults.add(faultSchema.parse(fault)), faults, stop };
}
