import { Duration, Size } from 'aws-cdk-lib';
import { CfnMethod, Cors, EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { cors } from '../functions/http/cors.ts';
import type { RouteGroup } from '../functions/http/route.ts';
import { routes } from '../functions/http/routes.ts';
import type { Configuration } from './configuration.ts';
import { addGatewayResponses } from './gateway-responses.ts';

/** The API: a method for each line of the route table, all routes of a group on the group's function. */
export function createRestApi(scope: Construct, configuration: Configuration, functions: Readonly<Record<RouteGroup, IFunction>>): RestApi {
  const api = new RestApi(scope, 'Api', {
    restApiName: `${configuration.name}-${configuration.stage}`,
    description: 'Fanfare: publishes one upload to many accounts.',
    endpointTypes: [EndpointType.REGIONAL],
    // API Gateway itself compresses answers for clients that take it: the viewer of the documentation is 1.9 MB as it is.
    minCompressionSize: Size.kibibytes(4),
    // As bytes in base64: of a text, API Gateway replaces what is no UTF-8, and it could not be refused.
    binaryMediaTypes: ['multipart/form-data', 'application/json'],
    // A setting of the whole account and region, which is not ours to make.
    cloudWatchRole: false,
    deployOptions: { stageName: configuration.stage },
  });
  // The construct's own output; the stack names its outputs itself.
  api.node.tryRemoveChild('Endpoint');
  const integrations = new Map<RouteGroup, LambdaIntegration>();
  const methodsByPath = new Map<string, string[]>();
  for (const { path, method, group } of routes) {
    // One permission a function: one a method would fill the 20 kB that a function's policy may have.
    const integration = integrations.get(group) ?? new LambdaIntegration(functions[group], { scopePermissionToMethod: false });
    integrations.set(group, integration);
    api.root.resourceForPath(path).addMethod(method, integration);
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), method]);
  }
  for (const [path, allowMethods] of methodsByPath) {
    const preflight = api.root.resourceForPath(path).addCorsPreflight({
      allowOrigins: configuration.origins.includes('*') ? Cors.ALL_ORIGINS : [...configuration.origins],
      allowMethods,
      allowHeaders: [...cors.allowedHeaders],
      maxAge: Duration.hours(1),
    });
    // A request without a body counts as JSON, which is binary here; a mocked answer is made of texts.
    const method = preflight.node.defaultChild;
    if (method instanceof CfnMethod) method.addPropertyOverride('Integration.ContentHandling', 'CONVERT_TO_TEXT');
  }
  addGatewayResponses(api, configuration);
  return api;
}
