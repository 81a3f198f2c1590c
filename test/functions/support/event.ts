import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | null;
  readonly requestId?: string;
}

/** The event of a REST API (v1) proxy integration, as API Gateway documents it; bytes come in base64. */
export function proxyEvent(request: TestRequest): APIGatewayProxyEvent {
  const { method = 'POST', path = '/', headers = {}, query = {}, body = null, requestId = 'req-1' } = request;
  const lists = Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? [value] : [...value]] as const);
  return {
    resource: path,
    path,
    httpMethod: method,
    headers: { ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: lists.length === 0 ? null : Object.fromEntries(lists.map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: lists.length === 0 ? null : Object.fromEntries(lists),
    pathParameters: null,
    stageVariables: null,
    body: body === null || typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== null && typeof body !== 'string',
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      authorizer: null,
      protocol: 'HTTP/1.1',
      httpMethod: method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '203.0.113.1',
        user: null,
        userAgent: 'test',
        userArn: null,
      },
      path: `/prod${path}`,
      stage: 'prod',
      requestId,
      requestTimeEpoch: 0,
      resourceId: 'resource',
      resourcePath: path,
    },
  };
}

/** The context of an invocation that may still run for `remaining` milliseconds. */
export function lambdaContext(remaining = 29_000): Context {
  const end = performance.now() + remaining;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '256',
    awsRequestId: 'invocation-1',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => end - performance.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
