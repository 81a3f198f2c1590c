import { deliveryErrorKinds } from '../../../core/delivery-errors.ts';
import { errorKinds, type Actor, type ErrorCode } from '../../../core/errors.ts';
import { errorsOf, type Route } from '../route.ts';

const ACTORS: Readonly<Record<Actor, string>> = {
  caller: 'whoever calls the API',
  account_owner: 'the owner of the workspace or of the linked account',
  operator: 'the operator of this installation',
};

const NOTICE = '<!-- Written by `npm run openapi`. The texts stand in `core/errors.ts` and `core/delivery-errors.ts`. -->';

/** The pages of `docs/errors/` by file name: one for each code of a problem, one for the reasons of failed accounts, an index. */
export function errorPages(routes: readonly Route[]): ReadonlyMap<string, string> {
  const codes = Object.keys(errorKinds) as ErrorCode[];
  return new Map([
    ['README.md', indexPage(codes)],
    ['delivery.md', deliveryPage()],
    ...codes.map((code) => [`${code}.md`, codePage(code, routes)] as const),
  ]);
}

function codePage(code: ErrorCode, routes: readonly Route[]): string {
  const { status, title, actor, retryable, happened, remedy } = errorKinds[code];
  const where = routes.filter((route) => errorsOf(route).includes(code)).map(({ method, path }) => `- \`${method} ${path}\``);
  return page(
    title,
    `\`${code}\`, status ${status}`,
    `**What happened.** ${happened}`,
    `**Who can act.** ${sentence(ACTORS[actor])}`,
    `**What to do.** ${remedy}`,
    retryable ? 'The same request can succeed later.' : 'The same request will fail again until something is changed.',
    ...(where.length === 0 ? [] : [`## Where it occurs\n\n${where.join('\n')}`]),
  );
}

function deliveryPage(): string {
  const sections = Object.entries(deliveryErrorKinds).map(
    ([code, { title, actor, happened, remedy }]) =>
      `## ${code}\n\n${title}.\n\n**What happened.** ${happened}\n\n**Who can act.** ${sentence(ACTORS[actor])}\n\n**What to do.** ${remedy}`,
  );
  return page(
    'Why an account of an upload failed',
    'An upload goes to each of its accounts by itself. An account that failed says why in `errorCode`, which is one of these for every network, and in `errorMessage`.',
    ...sections,
  );
}

function indexPage(codes: readonly ErrorCode[]): string {
  const rows = codes.map((code) => `| [\`${code}\`](${code}.md) | ${errorKinds[code].status} | ${errorKinds[code].title} |`);
  return page(
    'Errors',
    'Every error of the API is `application/problem+json` (RFC 9457). Its `type` is the address of one of these pages, its `code` the name of the page.',
    ['| code | status | title |', '|---|---|---|', ...rows].join('\n'),
    'What a failed account of an upload says as `errorCode` is on [a page of its own](delivery.md).',
  );
}

function page(title: string, ...paragraphs: readonly string[]): string {
  return `${[NOTICE, `# ${title}`, ...paragraphs].join('\n\n')}\n`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
