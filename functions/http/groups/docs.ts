import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupHandler } from '../../common/group.ts';
import { groupSettings } from '../../common/group-settings.ts';
import { recordPorts } from '../../common/record-ports.ts';
import { docsEndpoints } from '../endpoints/docs.ts';

/** The build puts these files beside the bundle (`bin/docs-files.ts`). */
const directory = join(import.meta.dirname, 'files');
const files = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));

export const handler = groupHandler(groupSettings(recordPorts()), () => ({ files }), docsEndpoints);
