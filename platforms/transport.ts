import http from 'node:http';
import https from 'node:https';
import { pipeline, Readable } from 'node:stream';
import type { HttpAnswer, HttpRequest, HttpResult, Transport } from '../core/ports/index.ts';

export interface TransportOptions {
  /** Seconds for a whole exchange whose request names no time. */
  readonly defaultTimeout: number;
  /** Seconds until a connection must stand, TLS included. */
  readonly connectTimeout?: number;
  /** Certificates of authorities to be trusted in place of the system's. */
  readonly ca?: string;
}

const CONNECT_TIMEOUT = 10;

/** Bytes of an answer's body. */
const BODY_MAX = 1024 * 1024;

/** Setting these is the transport's own business. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'expect']);

const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'DELETE']);

/**
 * Sends requests over HTTP/1.1, each once: no retry, no redirect followed, no body decompressed. What it says of a request
 * rests on when things happened:
 * - `never_sent`: the connection, or its TLS handshake, did not come about, so that no byte of the request went out;
 * - `answered`: a whole answer was read, of at most 1 MiB. A longer one is `ambiguous`: half a JSON document is never parsed;
 * - `ambiguous`: all else, also a connection that was kept alive and proved dead, since nobody knows what it still carried.
 */
export function httpTransport({ defaultTimeout, connectTimeout = CONNECT_TIMEOUT, ca }: TransportOptions): Transport {
  const tls = ca === undefined ? {} : { ca };
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true, ...tls }) };
  const modules = { 'http:': http, 'https:': https };

  return {
    send: async (request, { fresh = false } = {}) => {
      const url = URL.canParse(request.url) ? new URL(request.url) : null;
      const protocol = url?.protocol;
      if (url === null || (protocol !== 'http:' && protocol !== 'https:')) return { kind: 'never_sent', reason: 'not an address of http or https' };
      const source = request.stream === undefined ? null : readable(await request.stream.open());
      let outgoing: http.ClientRequest;
      try {
        // `agent: false`: a connection of its own, closed afterwards.
        outgoing = modules[protocol].request(url, { method: request.method, headers: headersOf(request), agent: fresh ? false : agents[protocol], ...tls });
      } catch (error) {
        // A header or path that HTTP cannot carry.
        source?.destroy();
        return { kind: 'never_sent', reason: reasonOf(error) };
      }
      return exchange(outgoing, { body: request.body, source }, {
        connected: protocol === 'https:' ? 'secureConnect' : 'connect',
        connectTimeout,
        timeout: request.timeout ?? defaultTimeout,
      });
    },
  };
}

function headersOf({ method, headers, body, stream }: HttpRequest): http.OutgoingHttpHeaders {
  const own = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const length = stream?.length ?? (body === undefined ? 0 : Buffer.byteLength(body));
  return {
    ...Object.fromEntries(own),
    'accept-encoding': 'identity',
    ...((length > 0 || !METHODS_WITHOUT_BODY.has(method)) && { 'content-length': length }),
  };
}

/** As it is, where it is one already: what is piped from socket to socket is half the work of what passes an iterator. */
function readable(bytes: AsyncIterable<Uint8Array>): Readable {
  return bytes instanceof Readable ? bytes : Readable.from(bytes, { objectMode: false });
}

interface Content {
  readonly body: HttpRequest['body'];
  readonly source: Readable | null;
}

interface Bounds {
  /** The event of a new socket after which it carries data. */
  readonly connected: 'connect' | 'secureConnect';
  /** Seconds. */
  readonly connectTimeout: number;
  readonly timeout: number;
}

function exchange(outgoing: http.ClientRequest, { body, source }: Content, { connected, connectTimeout, timeout }: Bounds): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    // Until then, what was written waits in memory. TLS too sends nothing before the handshake is done and the certificate is checked.
    let mayHaveSent = false;
    let settled = false;
    const timers: NodeJS.Timeout[] = [];
    // The first word counts: errors that come afterwards say nothing new.
    const end = (): void => {
      settled = true;
      for (const timer of timers) clearTimeout(timer);
    };
    const settle = (result: HttpResult): void => {
      end();
      resolve(result);
      // Answered before all was sent: what is left is not wanted, and the connection is of no more use.
      if (source !== null && !outgoing.writableFinished) outgoing.destroy();
    };
    const fail = (reason: string): void => {
      if (settled) return;
      settle({ kind: mayHaveSent ? 'ambiguous' : 'never_sent', reason });
      outgoing.destroy();
    };

    timers.push(setTimeout(() => fail(`no answer within ${timeout} s`), timeout * 1000));
    timers.push(
      setTimeout(() => {
        if (!mayHaveSent) fail(`no connection within ${connectTimeout} s`);
      }, connectTimeout * 1000),
    );

    outgoing.once('socket', (socket) => {
      if (outgoing.reusedSocket) mayHaveSent = true;
      else socket.once(connected, () => (mayHaveSent = true));
    });
    outgoing.on('error', (error) => fail(reasonOf(error)));
    outgoing.on('close', () => fail('the connection was closed without an answer'));
    outgoing.on('response', (incoming) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      incoming.on('data', (chunk: Uint8Array) => {
        size += chunk.byteLength;
        if (size > BODY_MAX) fail(`the answer is longer than ${BODY_MAX} bytes`);
        else chunks.push(chunk);
      });
      incoming.on('error', (error) => fail(`inside the answer: ${reasonOf(error)}`));
      incoming.on('end', () => {
        if (!incoming.complete) fail('the answer broke off');
        else settle({ kind: 'answered', answer: answerOf(incoming, Buffer.concat(chunks)) });
      });
    });
    if (source === null) {
      outgoing.end(body);
      return;
    }
    source.once('error', (error) => {
      if (settled) return;
      end();
      reject(error);
    });
    // What goes wrong is told by the events of the two, of which the first counts.
    pipeline(source, outgoing, () => undefined);
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: Buffer): HttpAnswer {
  const given = Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [[name, [text].flat().join(', ')] as const]));
  return { status: statusCode, headers: Object.fromEntries(given), body: body.toString('utf8') };
}

/** What went wrong, without the request's address, whose query may hold secrets. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not known';
  // Tried on several addresses: one error for each, and none of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error.message;
}
