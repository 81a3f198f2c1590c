import { once } from 'node:events';
import net from 'node:net';

/** A server at the level of bytes: what it heard, connection by connection, and a script of what it does. */
export interface WireServer extends AsyncDisposable {
  readonly url: string;
  /** The bytes of each connection, as text. */
  readonly heard: readonly string[];
}

/** `act` is called when a connection stands and whenever bytes come, with all that came on it. */
export async function wireServer(act: (socket: net.Socket, heard: string) => void): Promise<WireServer> {
  const heard: string[] = [];
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const index = heard.push('') - 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // Of a client that hangs up: what it heard is what counts.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      heard[index] += chunk.toString('latin1');
      act(socket, heard[index] ?? '');
    });
    act(socket, '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    heard,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether a whole request with this body has come. */
export function isWhole(heard: string, body = ''): boolean {
  return heard.includes('\r\n\r\n') && heard.endsWith(body);
}
