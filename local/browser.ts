import { setTimeout as sleep } from 'node:timers/promises';

/** Of an address whose page offers to try again, and the pause between them. */
const TRIES = 6;
const PAUSE_MS = 1_000;

/** As much of a person's browser as linking an account needs: it keeps cookies by host, and goes one redirect at a time. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The values of all cookies that it has been given. */
  get secrets(): readonly string[] {
    return [...this.#cookies.values()].flatMap((kept) => [...kept.values()]);
  }

  /**
   * Opens an address, and gives the one to which it is sent. A page that offers to try again, since the network took too long, is
   * taken at its word, as people do. Throws with any other page.
   */
  async follow(address: string): Promise<URL> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.open(address);
      const page = await answer.text();
      const location = answer.headers.get('location');
      if (location !== null) return new URL(location, address);
      if (tries === TRIES || !page.includes('>Try again<')) throw new Error(`${address.split('?')[0]} shows a page (${answer.status}): ${page.slice(0, 800)}`);
      await sleep(PAUSE_MS);
    }
  }

  /** `form`: sends it there. */
  async open(address: string, form?: URLSearchParams): Promise<Response> {
    const { host } = new URL(address);
    const kept = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, kept);
    const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = form === undefined ? {} : { method: 'POST', body: form };
    const answer = await fetch(address, { ...sent, redirect: 'manual', headers: cookie === '' ? {} : { cookie }, signal: AbortSignal.timeout(35_000) });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = /^([^=;]+)=([^;]*)/u.exec(line)?.slice(1) ?? [];
      kept.set(name, value);
    }
    return answer;
  }
}
