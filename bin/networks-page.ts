import * as z from 'zod';
import type { Cap } from '../platforms/caps.ts';
import type { Limit, Source } from '../platforms/limits.ts';
import { linkingOf } from '../platforms/linkings.ts';
import type { Platform } from '../platforms/platform.ts';
import { selfDescribed } from '../platforms/self-described.ts';
import { operatorText } from './operator-text.ts';
import { optionsJson } from './options-json.ts';

const HEAD = `# Networks

What an operator and a client should know of each network: what it takes, what has to be registered and reviewed, what a lost answer
means, limits and options. \`GET /api/networks\` says the same for programs, and what is configured; where a network told other
limits for an account, those win. Where a limit is from stands beside it: from the network's own documents, or seen with other clients and
vendors, or inferred. Caps are no rules: a network that tells what is left is asked before each post, another one says when a cap is
reached, and the delivery waits. Options may come with an upload or be defaults of the account ([keys and accounts](keys.md#accounts)).

This page is made by \`npm run networks\` from the connectors and from \`operator.md\` in the folder of each.

**Networks that fetch files by themselves are not fit for production without a [media domain](operations.md#the-media-domain)**: without
one, the addresses that they fetch from may end before they have.
`;

/** `docs/networks.md`: for each network what `operator.md` in its folder says, its limits and its options. */
export function networksPage(platforms: readonly Platform[]): string {
  const sections = platforms.map((platform) =>
    [`## ${platform.title}`, takes(platform), operatorText(platform.network), consentOf(platform), limitsOf(platform), capsOf(platform), optionsOf(platform)].join('\n\n'),
  );
  return `${[HEAD.trim(), ...sections].join('\n\n')}\n`;
}

function takes({ kinds, pulls }: Platform): string {
  const taken = `Takes ${kinds.join(', ')}.`;
  if (pulls === undefined) return `${taken} Files are sent to it.`;
  const from = pulls.verifiedHost ? ', and only from a host that its app has proved to own' : '';
  return `${taken} It fetches files by itself (${pulls.kinds.join(', ')})${from}: it needs a [media domain](operations.md#the-media-domain).`;
}

/** What the operator's app has to be allowed to ask for, and where networks send people back. */
function consentOf({ network }: Platform): string {
  const rows = linkingOf(network).scopes.map(({ scope, needed, means }) => `| \`${scope}\` | ${means} | ${NEEDED[needed]} |`);
  const address = selfDescribed.has(network)
    ? `What it reads about the app stands at \`<publicUrl>/oauth/${network}/client-metadata.json\``
    : `The callback to register is \`<publicUrl>/oauth/${network}/callback\``;
  const begin = `**Linking.** ${address} ([how accounts are linked](linking.md)). People are asked for:`;
  return [begin, '', '| scope | to | if it is not given |', '|---|---|---|', ...rows].join('\n');
}

const NEEDED: Readonly<Record<ReturnType<typeof linkingOf>['scopes'][number]['needed'], string>> = {
  publishing: 'the account is not linked',
  analytics: 'the account has no numbers',
  extras: 'posts go out without that',
};

/** A row for each limit; kinds that share one share the row. */
function limitsOf({ network, limits }: Platform): string {
  const rows = new Map<string, { readonly limit: Limit; readonly kinds: string[] }>();
  for (const limit of limits) {
    const key = JSON.stringify([limit.check, limit.limit, limit.only, limit.source]);
    const row = rows.get(key) ?? { limit, kinds: [] };
    rows.set(key, row);
    row.kinds.push(limit.kind);
  }
  const lines = [...rows.values()].map(({ limit, kinds }) => {
    return `| \`${limit.check}\` | ${kinds.join(', ')}${limit.only === null ? '' : `: ${limit.only}`} | ${measure(limit)} | ${from(limit)} |`;
  });
  return [`**Limits.** A rule is called \`${network}.<kind>.<check>\`.`, '', '| check | of | limit | from |', '|---|---|---|---|', ...lines].join('\n');
}

function capsOf({ network, caps }: Platform): string {
  const lines = caps.map((cap) => `| \`${cap.check}\` | ${measure({ ...cap, unit: cap.unit === 'items' ? null : cap.unit })} | ${WHOSE[cap.of]} | ${cap.asked ? 'before each post' : 'no'} | ${from(cap)} |`);
  return [`**Caps**, as \`${network}.<cap>\`:`, '', '| cap | how many | whose | asked for | from |', '|---|---|---|---|---|', ...lines].join('\n');
}

const WHOSE: Readonly<Record<Cap['of'], string>> = { account: "each account's", app: "the operator's app's" };

/** Where a number is from, and how sure it is where the network itself does not say it. */
function from({ source: { page, confidence } }: { readonly source: Source }): string {
  return confidence === 'documented' ? page : `${page} (${confidence})`;
}

function measure({ limit, unit }: { readonly limit: Limit['limit']; readonly unit: Limit['unit'] | Cap['unit'] }): string {
  if (typeof limit !== 'number') return limit.join(', ');
  const number = limit.toLocaleString('en-US', { maximumFractionDigits: 4 });
  return unit === null ? number : `${number} ${unit.replaceAll('_', ' ').replace('frames per second', 'frames a second').replace('bits per second', 'bits a second')}`;
}

const option = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.union([z.string(), z.boolean(), z.number()]).optional(),
  description: z.string(),
  items: z.object({ type: z.string().optional(), enum: z.array(z.string()).optional() }).optional(),
});
const schema = z.object({ properties: z.record(z.string(), option) });

function optionsOf(platform: Platform): string {
  const { properties } = schema.parse(optionsJson(platform));
  const lines = Object.entries(properties).map(([name, { description, default: usual, ...values }]) => {
    const without = usual === undefined ? '' : ` (\`${usual}\` if left out)`;
    return `| \`${name}\` | ${valuesOf(values)}${without} | ${description} |`;
  });
  return [`**Options**, as \`options.${platform.network}\`:`, '', '| option | values | meaning |', '|---|---|---|', ...lines].join('\n');
}

function valuesOf({ type = 'any', enum: choice, items }: Pick<z.output<typeof option>, 'type' | 'enum' | 'items'>): string {
  if (choice !== undefined) return choice.map((value) => `\`${value}\``).join(', ');
  return items === undefined ? type : `list of: ${valuesOf(items)}`;
}
