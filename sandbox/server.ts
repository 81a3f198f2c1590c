import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock, type Clock } from '../core/clock.ts';
import { json } from './http.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
import type { Answer } from './stand-in.ts';

export interface ServerOptions extends Partial<Pick<SandboxOptions, 'apps' | 'caps' | 'processingSeconds'>> {
  /** 127.0.0.1 if left out. */
  readonly host?: string;
  /** 0, or left out: a free one. */
  readonly port?: number;
  /** Where clients reach it, if that is not where it listens: stand-ins make session URIs from it. */
  readonly publicUrl?: string;
  readonly clock?: Clock;
}

export interface SandboxServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly sandbox: Sandbox;
  stop(): Promise<void>;
}

/** Bytes. The largest body that a network here takes in one request. */
const BODY_MAX = 300_000_000;

/** Seconds that networks process a video here: some polls of a local stage, and nobody waits long. */
const PROCESSING_SECONDS = 2;

/** Milliseconds. Longer than any client keeps an idle connection, so that a reused one is never cut by chance. */
const KEEP_ALIVE = 120_000;

/**
 * Caps of a sandbox that one process keeps for days of runs: out of the way. Tests of caps set their own.
 */
const CAPS: NonNullable<SandboxOptions['caps']> = {
  youtube: { uploadsPerProject: 100_000, units: 10_000_000 },
  tiktok: { postsPerDay: 100_000, initsPerMinute: 100_000, statusPerMinute: 100_000, creatorInfoPerMinute: 100_000 },
  instagram: { postsPerDay: 100_000, containersPerDay: 100_000 },
  facebook: { reelsPerDay: 100_000 },
  threads: { postsPerDay: 100_000, repliesPerDay: 100_000 },
  // The same text comes again and again here.
  x: { posts: 100_000, postsPerApp: 1_000_000, segments: 100_000, segmentsPerApp: 10_000_000, images: 100_000, states: 100_000, users: 100_000, sameText: 0 },
  bluesky: { writePointsPerHour: 10_000_000, writePointsPerDay: 10_000_000, blobsPerDay: 100_000, videosPerDay: 100_000, videoBytesPerDay: 1e15 },
  linkedin: { postsPerDay: 100_000 },
  pinterest: { callsPerSecond: 100_000, readsPerMinute: 100_000, writesPerMinute: 100_000 },
  reddit: { callsPer10Minutes: 10_000_000 },
};

/** Starts the sandbox on HTTP. Rejects if it cannot listen. */
export async function startSandbox(options: ServerOptions = {}): Promise<SandboxServer> {
  const { host = '127.0.0.1', port = 0, clock = systemClock, processingSeconds = PROCESSING_SECONDS } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox listens on no port.');
  const url = options.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  const sandbox = createSandbox({
    clock,
    baseUrl: url,
    processingSeconds,
    caps: options.caps ?? CAPS,
    ...(options.apps !== undefined && { apps: options.apps }),
  });

  let timer: NodeJS.Timeout | undefined;
  /** Wakes when something that was put off comes due; a request that comes first does it as well. */
  function wake(): void {
    clearTimeout(timer);
    const ms = sandbox.untilSettle();
    if (ms !== null) timer = setTimeout(() => void sandbox.settle().then(wake, report), ms);
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    serve(sandbox, request, response)
      .catch((error: unknown) => {
        report(error);
        request.socket.destroy();
      })
      .finally(wake);
  });

  return {
    url,
    sandbox,
    async stop() {
      clearTimeout(timer);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const body = await readBody(request);
  if (body.kind === 'too_large') {
    response.shouldKeepAlive = false;
    return write(response, json(413, { error: `The sandbox takes at most ${BODY_MAX} bytes in one request.` }));
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const handled = await sandbox.handle({ method, target: url, headers, body: body.bytes, cutShort: body.kind === 'cut_short' });
  if (handled.kind === 'cut') {
    request.socket.resetAndDestroy();
    return;
  }
  write(response, handled.answer);
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength });
  response.end(bytes);
}

type Body = { readonly kind: 'whole' | 'cut_short'; readonly bytes: Buffer } | { readonly kind: 'too_large' };

/** Reads a body up to its bound. If the connection breaks off inside it, gives what had arrived. */
function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) return Promise.resolve({ kind: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > BODY_MAX) resolve({ kind: 'too_large' });
      else chunks.push(chunk);
    });
    request.on('end', () => resolve({ kind: 'whole', bytes: Buffer.concat(chunks) }));
    // Comes after `end` too, when it changes nothing any more.
    request.on('close', () => resolve({ kind: 'cut_short', bytes: Buffer.concat(chunks) }));
    request.on('error', () => resolve({ kind: 'cut_short', bytes: Buffer.concat(chunks) }));
  });
}

function report(error: unknown): void {
  process.stderr.write(`The sandbox itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
