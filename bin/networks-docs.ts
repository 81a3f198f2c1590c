import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../platforms/registry.ts';
import { networksPage } from './networks-page.ts';

/** `npm run networks`: writes `docs/networks.md`, which is made from the connectors. */

writeFileSync(join(import.meta.dirname, '..', 'docs', 'networks.md'), networksPage(platforms));
console.log(`docs/networks.md: ${platforms.length} networks`);
