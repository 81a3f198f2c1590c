/** The clock of a program, moved by whoever asks: `http://127.0.0.1:<port>/?now=<milliseconds since 1970>`. It goes on from there. */
import { createServer } from 'node:http';

const RealDate = globalThis.Date;
let ahead = 0;

class MovedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [MovedDate.now()] : given));
  }

  static now() {
    return RealDate.now() + ahead;
  }

  static [Symbol.hasInstance](value) {
    return value instanceof RealDate;
  }
}

/** Lets every `Date` of this process follow. */
export async function moveClock(port) {
  globalThis.Date = MovedDate;
  const server = createServer((request, response) => {
    ahead = Number(new URL(request.url, 'http://clock').searchParams.get('now')) - RealDate.now();
    response.end();
  });
  await new Promise((ready) => void server.listen(port, '127.0.0.1', ready));
  server.unref();
}
