import type { Answer } from '../stand-in.ts';
import type { AuthorizationDialect } from './dialect.ts';
import type { ShownPerson } from './persons.ts';
import type { AuthorizationRequest, RequestProblem } from './request.ts';

/** Pages that a person sees in a browser: plain HTML, without scripts. */

export interface ConsentView {
  readonly dialect: Pick<AuthorizationDialect, 'title' | 'scopes' | 'fixedScopes' | 'accounts'>;
  readonly request: AuthorizationRequest;
  readonly persons: readonly ShownPerson[];
}

/** Who stands behind the choice "somebody new" of the page. */
export const NEW_PERSON = 'new';

/** Asks which person logs in, what they allow and for which accounts. The form is sent to the address of the page. */
export function consentPage({ dialect, request, persons }: ConsentView): Answer {
  const { title, accounts } = dialect;
  const many = accounts === 'many' || accounts === 'one';
  const people = persons.map((person, index) => personChoice(person, { dialect, checked: index === 0 })).join('');
  const scopes = request.scopes.map((scope) => scopeChoice(scope, dialect)).join('');
  return html(
    200,
    `${title}: ${request.clientName} asks for access`,
    `<p class="network">${escape(title)} <span>sandbox</span></p>
<h1><b>${escape(request.clientName)}</b> wants to use your account</h1>
<p class="fine">App ${escape(request.clientId)}</p>
<form method="post">
<fieldset><legend>Who are you?${many ? ' And for which accounts?' : ''}</legend>
${people}<div class="person"><label><input type="radio" name="person" value="${NEW_PERSON}"${persons.length === 0 ? ' checked' : ''}> Somebody new</label>
<input type="text" name="name" maxlength="100" value="Ada Lovelace" aria-label="Name of somebody new"></div></fieldset>
<fieldset><legend>What may it do?</legend>${scopes}</fieldset>
<p class="buttons"><button name="decision" value="deny">Deny</button><button class="allow" name="decision" value="allow">Allow</button></p>
</form>
<p class="fine">Then you go back to ${escape(request.redirectUri)}</p>`,
  );
}

/** Tells a person that an app asks wrongly. */
export function problemPage(dialect: Pick<AuthorizationDialect, 'title'>, { error, description }: Pick<RequestProblem, 'error' | 'description'>): Answer {
  return html(
    400,
    `${dialect.title}: error`,
    `<p class="network">${escape(dialect.title)} <span>sandbox</span></p>
<h1>Something went wrong</h1><p>${escape(description)}</p><p class="fine"><code>${escape(error)}</code></p>`,
  );
}

function personChoice({ id, name, accounts }: ShownPerson, { dialect, checked }: { dialect: ConsentView['dialect']; checked: boolean }): string {
  const person = `<label><input type="radio" name="person" value="${escape(id)}"${checked ? ' checked' : ''}> ${escape(name)}</label>`;
  const none = accounts.length === 0 ? '<p class="fine">has no account here</p>' : '';
  return `<div class="person">${person}${none}${accountChoices(id, accounts, dialect.accounts)}</div>`;
}

function accountChoices(personId: string, accounts: ShownPerson['accounts'], choice: AuthorizationDialect['accounts']): string {
  switch (choice) {
    case 'login':
      return '';
    case 'all':
      return accounts.length === 0 ? '' : `<p class="fine">with ${accounts.map(({ name }) => escape(name)).join(', ')}</p>`;
    case 'one':
    case 'many':
      return accounts.map((account, index) => accountChoice(account, { choice, name: accountsField(personId), checked: choice === 'many' || index === 0 })).join('');
  }
}

function accountChoice({ externalId, name }: ShownPerson['accounts'][number], input: { choice: 'one' | 'many'; name: string; checked: boolean }): string {
  const type = input.choice === 'one' ? 'radio' : 'checkbox';
  return `<label class="account"><input type="${type}" name="${escape(input.name)}" value="${escape(externalId)}"${input.checked ? ' checked' : ''}> ${escape(name)}</label>`;
}

/** The field of the form with the accounts that were picked, for each person its own. */
export function accountsField(personId: string): string {
  return `accounts.${personId}`;
}

function scopeChoice(scope: string, { scopes, fixedScopes = [] }: ConsentView['dialect']): string {
  const fixed = fixedScopes.includes(scope);
  const field = fixed ? '<input type="checkbox" checked disabled>' : `<input type="checkbox" name="scope" value="${escape(scope)}" checked>`;
  return `<label>${field} ${escape(scopes[scope] ?? scope)}<code>${escape(scope)}</code></label>`;
}

const STYLE = `:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:30rem;margin:auto;padding:1.5rem 2rem;border:1px solid color-mix(in srgb,CanvasText 20%,Canvas);border-radius:1rem}
h1{font-size:1.35rem;font-weight:400;line-height:1.3;margin:.5rem 0}.network{font-weight:700;margin:0}.network span,.fine{font-weight:400;font-size:.85rem;opacity:.7}
.fine{margin:.25rem 0;overflow-wrap:anywhere}fieldset{margin:1.25rem 0;padding:.5rem 1rem;border:1px solid color-mix(in srgb,CanvasText 20%,Canvas);border-radius:.5rem}
legend{font-weight:600;padding:0 .4rem}label{display:block;padding:.3rem 0}.account{padding-left:1.6rem}.person .fine{padding-left:1.6rem}
label code{display:block;padding-left:1.6rem;font-size:.75rem;opacity:.6;overflow-wrap:anywhere}input[type=text]{margin-left:1.6rem;padding:.3rem .5rem;font:inherit;width:calc(100% - 1.6rem)}
.buttons{display:flex;gap:1rem;justify-content:flex-end}button{font:inherit;padding:.5rem 1.5rem;border-radius:2rem;border:1px solid #1558d6;background:none;color:inherit;cursor:pointer}
.allow{background:#1558d6;color:#fff}`;

function html(status: number, title: string, body: string): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`,
  };
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
