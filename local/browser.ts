/** As much of a person's browser as linking an account needs: it keeps cookies by host, and goes one redirect at a time. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The values of all cookies that it has been given. */
  get secrets(): readonly string[] {
    return [...this.#cookies.values()].flatMap((kept) => [...kept.values()]);
  }

  /** Opens an address, and gives the one to which it is sent. Throws with the page that it is shown otherwise. */
  async follow(address: string): Promise<URL> {
    const answer = await this.open(address);
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${address.split('?')[0]} shows a page (${answer.status}): ${(await answer.text()).slice(0, 800)}`);
    await answer.text();
    return new URL(location, address);
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
