import type { UnlinkPorts } from '../../../core/accounts.ts';
import type { Endpoint } from '../../common/endpoint.ts';
import { listAccounts, type ListPorts } from '../native/list-accounts.ts';
import { unlinkAccount } from '../native/unlink-account.ts';

/** What the group `accounts` serves. */
export const accountsEndpoints: readonly Endpoint<ListPorts & UnlinkPorts>[] = [listAccounts, unlinkAccount];
