import type { FormAnswer } from '../../../core/linking/browser.ts';
import { limits } from '../../../core/limits.ts';
import type { LinkField } from '../../../core/ports/index.ts';
import { escaped, pageOf } from './page.ts';

/** What every form of ours carries: which link it is for, and which of its forms it is. */
export type Sent = Pick<FormAnswer, 'state' | 'code'>;

/** A page with a form, which works without scripts. `title`: the network's name. */
export function formPageFor({ form: { heading, text, help, fields }, state, code, message }: FormAnswer, title: string | null): string {
  // A page that comes with an error says so first: in its title, and where the person is taken to.
  const first = fields.find(({ initial }) => initial === '') ?? fields.at(0);
  const wrong = message === null ? '' : `<p class="wrong" id="wrong" role="alert">${escaped(message)}</p>`;
  // Beside the form, which would be lost otherwise.
  const where = help === null ? '' : `<p><a href="${escaped(help.url)}" target="_blank" rel="noopener noreferrer">${escaped(help.label)}</a></p>`;
  return pageOf({
    title: message === null ? heading : `Error: ${heading}`,
    heading,
    body: `${text.map((each) => `<p>${escaped(each)}</p>`).join('\n')}
${where}
${wrong}
<form method="post" action="callback">
${hidden({ state, code })}
${fields.map((field) => inputFor(field, { focused: field === first, wrong: message !== null })).join('\n')}
<p><button type="submit">Continue</button></p>
</form>
${title === null ? '' : `<p class="small">Linking an account of ${escaped(title)}. What you type is used once to sign in there, and is not kept.</p>`}`,
  });
}

function inputFor({ name, label, type, hint, initial, autocomplete }: LinkField, { focused, wrong }: { readonly focused: boolean; readonly wrong: boolean }): string {
  const id = `field-${name}`;
  const described = [...(hint === null ? [] : [`${id}-hint`]), ...(wrong ? ['wrong'] : [])];
  const attributes = {
    id,
    name,
    type,
    value: initial,
    autocomplete,
    maxlength: String(limits.linkField),
    autocapitalize: 'none',
    spellcheck: 'false',
    ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
  };
  const written = Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`);
  return `<p><label for="${id}">${escaped(label)}</label>
<input ${written.join(' ')} required${focused ? ' autofocus' : ''}></p>${hint === null ? '' : `\n<p class="small hint" id="${id}-hint">${escaped(hint)}</p>`}`;
}

/** The button of a page that comes after a form: the same is sent again, without what was typed, which is not needed any more. */
export function againForm(sent: Sent): string {
  return `<form method="post" action="callback">${hidden(sent)}<p><button type="submit">Try again</button></p></form>`;
}

function hidden({ state, code }: Sent): string {
  return `<input type="hidden" name="state" value="${escaped(state)}"><input type="hidden" name="code" value="${escaped(code)}">`;
}
