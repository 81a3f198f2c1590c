import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The client, and a way to count the requests that it sends during some work. */
export function counted(client: DynamoDBDocumentClient) {
  let sent = 0;
  client.middlewareStack.add(
    (next) => (input) => {
      sent += 1;
      return next(input);
    },
    { step: 'finalizeRequest', name: 'countRequests' },
  );
  return {
    client,
    requests: async (work: () => Promise<unknown>): Promise<number> => {
      const before = sent;
      await work();
      return sent - before;
    },
  };
}
