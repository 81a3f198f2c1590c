import type { DefaultsPorts } from '../../../core/account-defaults.ts';
import type { UnlinkPorts } from '../../../core/accounts.ts';
import type { Endpoint } from '../../common/endpoint.ts';
import type { ViewPorts } from '../native/account-view.ts';
import { checkAccount, chooseTargets, getLink, getRedirectOrigins, linkAccount, setRedirectOrigins, type LinkingPorts } from '../native/linking.ts';
import { listAccounts } from '../native/list-accounts.ts';
import { listNetworks, type NetworksPorts } from '../native/list-networks.ts';
import { finishLink, getClientMetadata, sendLinkForm, startLink } from '../native/oauth.ts';
import { setDefaults } from '../native/set-defaults.ts';
import { unlinkAccount } from '../native/unlink-account.ts';

/** What the group `accounts` serves. */
export const accountsEndpoints: readonly Endpoint<ViewPorts & NetworksPorts & DefaultsPorts & UnlinkPorts & LinkingPorts>[] = [
  listNetworks,
  listAccounts,
  linkAccount,
  getLink,
  chooseTargets,
  checkAccount,
  setDefaults,
  unlinkAccount,
  getRedirectOrigins,
  setRedirectOrigins,
  startLink,
  finishLink,
  sendLinkForm,
  getClientMetadata,
];
