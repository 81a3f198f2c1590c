import { checkNetworks } from '../../bin/networks.ts';
import { ConfigurationError, PLACEHOLDER_DOCS_URL, readConfiguration, type Configuration } from '../../lib/configuration.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** Reads the configuration of a stage and says what is wrong with it, or worth a thought. Null: it cannot be used. */
export function examineConfiguration(file: string, stage: string | null): { readonly configuration: Configuration | null; readonly findings: readonly Finding[] } {
  let configuration: Configuration;
  try {
    configuration = readConfiguration(file);
    checkNetworks(configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { configuration: null, findings: [failure(error.message, 'Nothing can be deployed before that.')] };
  }
  if (stage !== null && configuration.stage !== stage) {
    const what = `${file} is of the stage ${configuration.stage}, not ${stage}.`;
    return { configuration: null, findings: [failure(what, 'Write the stage into the file that bears its name.')] };
  }
  const { name } = configuration;
  return {
    configuration,
    findings: [ok(`The configuration of ${name}-${configuration.stage} is valid (${file}).`), ...opinionsOn(configuration), networksOf(configuration), ...mediaDomainOf(configuration, platforms)],
  };
}

/** What is allowed, and wrong for a stage that people rely on. */
function opinionsOn({ origins, docsUrl, removal, alarms }: Configuration): readonly Finding[] {
  return [
    removal === 'retain'
      ? ok('The data outlives the stack.')
      : warning('The data is deleted with the stack.', 'Unless the stage is for trying things out, set "removal" to "retain".'),
    origins.includes('*')
      ? warning('Browsers of every origin may call the API.', 'Name the origins of your own pages in "origins".')
      : ok(`Browsers of ${origins.join(', ')} may call the API.`),
    docsUrl === PLACEHOLDER_DOCS_URL
      ? warning(`The types of errors and the links of alarms begin with ${docsUrl}, which is nobody's.`, 'Publish docs/ somewhere and set "docsUrl" to its address.')
      : ok(`The types of errors and the links of alarms begin with ${docsUrl}.`),
    alarms.emails.length === 0
      ? warning('Nobody is told of alarms.', 'Set "alarms.emails", or subscribe something else to the topic in the output AlarmTopicArn.')
      : ok(`Alarms go to ${alarms.emails.join(', ')}, once each has confirmed by the link in its first message.`),
  ];
}

function networksOf({ networks }: Configuration): Finding {
  const [configured, others] = [true, false].map((wanted) =>
    platforms.map(({ network }) => network).filter((network) => Object.hasOwn(networks, network) === wanted),
  );
  const rest = others === undefined || others.length === 0 ? '' : ` Not configured: ${others.join(', ')}.`;
  if (configured === undefined || configured.length === 0) {
    return warning('No network is configured, so nothing can be published.', 'Add the networks with their apps to "networks" (config/example.json shows how).');
  }
  return ok(`Configured networks: ${configured.join(', ')}.${rest}`);
}

/** Whether the addresses from which networks fetch files can be relied upon. */
export function mediaDomainOf({ networks, mediaDomain }: Pick<Configuration, 'networks' | 'mediaDomain'>, known: readonly Pick<Platform, 'network' | 'title' | 'pulls'>[]): readonly Finding[] {
  const pulling = known.flatMap(({ network, title, pulls }) => (pulls === undefined || !Object.hasOwn(networks, network) ? [] : [{ title, ...pulls }]));
  if (mediaDomain === null) {
    if (pulling.length === 0) return [];
    const which = pulling.map(({ title, kinds }) => `${title} (${kinds.join(', ')})`).join(', ');
    return [
      warning(
        `Without a media domain, not fit for production: ${which}. They fetch files from addresses that S3 signs: these end with the credentials of a function, and answer no HEAD.`,
        'Set "mediaDomain" (docs/operations.md says how).',
      ),
    ];
  }
  const picky = pulling.filter(({ verifiedHost }) => verifiedHost).map(({ title, kinds }) => `${title} (${kinds.join(', ')})`);
  const { domainName, distributionId } = mediaDomain;
  return [
    picky.length > 0 && domainName === null
      ? warning(`The media domain has no name of your own, and these fetch only from a host that is proved to be yours: ${picky.join(', ')}.`, 'Set "mediaDomain.domainName" and "mediaDomain.certificateArn".')
      : ok(`Networks fetch files from ${domainName ?? 'a distribution of CloudFront'}.`),
    distributionId === null
      ? warning('Every CloudFront distribution of this account may read the files.', 'After the first deployment, set "mediaDomain.distributionId" to its output DistributionId and deploy again.')
      : ok(`Only the CloudFront distribution ${distributionId} may read the files.`),
  ];
}
