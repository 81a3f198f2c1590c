import type { RouteGroup } from '../route.ts';
import type { Tag } from './json.ts';

const SESSIONS: Tag = { name: 'Upload sessions', description: 'A file on its way into storage: open a session, send the bytes to presigned URLs, complete or abort it.' };
const UPLOADS: Tag = { name: 'Uploads', description: 'A video, photos or a text, with its time and the accounts that it goes to.' };
const KEYS: Tag = { name: 'API keys', description: 'Credentials for programs. Dashboard sessions manage them.' };
const ACCOUNTS: Tag = { name: 'Accounts', description: 'Linked accounts on social networks.' };
const DOCS: Tag = { name: 'Documentation', description: 'This document, and a page to read it.' };

/** How groups of routes are called in the document; several may share a name. In the order in which it lists them. */
const TAGS: Readonly<Record<RouteGroup, Tag>> = {
  sessions: SESSIONS,
  'uploads-write': UPLOADS,
  'uploads-change': UPLOADS,
  'uploads-read': UPLOADS,
  accounts: ACCOUNTS,
  keys: KEYS,
  docs: DOCS,
};

export function tagOf(group: RouteGroup): Tag {
  return TAGS[group];
}

export const tags: readonly Tag[] = [...new Set(Object.values(TAGS))];
