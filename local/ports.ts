import { createServer, type Server } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Ends the server with its open connections. */
  readonly stop: () => Promise<void>;
}

/** Listens on the preferred port if it is free, on any other otherwise. */
export async function listen(server: Server & { closeAllConnections?(): void }, host: string, preferred = 0): Promise<Listening> {
  const port = (await tryListen(server, host, preferred)) ?? (await tryListen(server, host, 0));
  if (port === null) throw new Error(`Nothing can listen on ${host}.`);
  return {
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections?.();
      await closed;
    },
  };
}

/** A port of 127.0.0.1 that nobody uses at this moment; the preferred one if that is so. */
export async function freePort(preferred = 0): Promise<number> {
  const { port, stop } = await listen(createServer(), '127.0.0.1', preferred);
  await stop();
  return port;
}

/** Null: somebody has that port. */
function tryListen(server: Server, host: string, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => {
      server.off('listening', listening);
      if ('code' in error && error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    };
    const listening = () => {
      server.off('error', refused);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The system gave no port.'));
      else resolve(address.port);
    };
    server.once('error', refused);
    server.once('listening', listening);
    server.listen(port, host);
  });
}
