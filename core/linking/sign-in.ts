import type { Network } from '../model.ts';
import type { LinkForm, Trouble } from '../ports/index.ts';
import { fail, takeAnswer } from './answered.ts';
import { linkableNetwork, page, type BrowserAnswer } from './browser.ts';
import { scopesOf, toolsFor, type VaultPorts } from './ports.ts';
import { newSecret, openMemory } from './secrets.ts';
import { isPassing } from './settle.ts';

/** A form of ours as a browser sends it. */
export interface Filled {
  readonly network: Network;
  readonly state: string;
  readonly code: string;
  /** By the names of the fields. They may hold passwords: kept nowhere, and told to the network's folder alone. */
  readonly fields: Readonly<Record<string, string>>;
  /** The secret of the browser's cookie for this link; null: it has none. */
  readonly browser: string | null;
}

/**
 * A browser sends the form that it was shown, as `takeAnswer` has it. What was typed is not stored: if the process dies, it is there
 * once more when the same form is sent again, and a session that the network has opened for it and that nobody has ends there by itself.
 * A form whose words the network does not take, or not now, is shown again, with another code: until then, and if the process dies
 * in between, the one that was sent may be sent again.
 */
export async function signInLink(ports: VaultPorts, { network, state, code, fields, browser }: Filled): Promise<BrowserAnswer> {
  if (!isCode(code)) return page('unknown', network);
  const typed = (name: string): string => (Object.hasOwn(fields, name) ? (fields[name] ?? '') : '');
  const shown = (form: LinkForm, next: string, message: string): BrowserAnswer => ({
    kind: 'form',
    network,
    // What is secret is typed again.
    form: { ...form, fields: form.fields.map((field) => ({ ...field, initial: field.type === 'text' ? typed(field.name) : '' })) },
    state,
    code: next,
    message,
  });

  return takeAnswer(ports, { network, state, code, browser }, {
    fits: ({ form }) => form !== null,
    async first(_link, { visit: { form } }) {
      const blank = form?.fields.find(({ name }) => typed(name).trim() === '');
      return form === null || blank === undefined ? null : shown(form, code, `Fill in: ${blank.label}.`);
    },
    async asking({ form, memory: sealed }, link) {
      const { linking } = linkableNetwork(ports, network);
      const { memory } = await openMemory(ports.cipher, link, sealed);
      const tools = await toolsFor(ports, network);
      const request = {
        fields: Object.fromEntries((form?.fields ?? []).map(({ name }) => [name, typed(name)])),
        memory,
        scopes: scopesOf(linking),
      };
      return async () => {
        if (linking.signIn === undefined) throw new Error(`${network} takes no form in this release.`);
        return linking.signIn(request, tools);
      };
    },
    async refused(link, come, trouble) {
      const { visit } = come;
      const words = messageOf(ports, network, trouble);
      if (visit.form === null || words === null) return fail(ports, link, come, { code: 'network_refused', message: trouble.message });
      const moved = await ports.store.moveLink(link, { at: 'visited', visit });
      return moved === null ? null : shown(visit.form, newSecret(), words);
    },
  });
}

/** As `newSecret` makes them. */
function isCode(text: string): boolean {
  return /^[\w-]{43}$/u.test(text);
}

/** What the form is shown again with; null: that would not help. */
function messageOf(ports: VaultPorts, network: Network, trouble: Trouble): string | null {
  if (trouble.class === 'auth_revoked' || trouble.class === 'invalid_metadata') return trouble.message;
  if (!isPassing({ trouble })) return null;
  const { title } = linkableNetwork(ports, network);
  if (trouble.class === 'retryable') return `${title} does not answer at this moment. Nothing is lost: send it again.`;
  const minutes = Math.ceil(((trouble.until?.getTime() ?? 0) - ports.clock.now().getTime()) / 60_000);
  return `${title} asks for a pause after so many tries. Send it again ${minutes > 0 ? `in ${minutes} min` : 'later'}.`;
}
