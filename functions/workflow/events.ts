import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Events } from '../../core/ports/index.ts';

/** What rules match on; documented in docs/events.md. */
export const EVENT_SOURCE = 'fanfare';
export const UPLOAD_FINISHED = 'Upload Finished';

/** Announces on an EventBridge bus. Throws if the bus did not take the event. */
export function eventBridgeEvents({ client, busName }: { client: EventBridgeClient; busName: string }): Events {
  return {
    uploadFinished: async (event) => {
      const entry = { EventBusName: busName, Source: EVENT_SOURCE, DetailType: UPLOAD_FINISHED, Detail: JSON.stringify(event) };
      const answer = await client.send(new PutEventsCommand({ Entries: [entry] }));
      if ((answer.FailedEntryCount ?? 0) === 0) return;
      const [failed] = answer.Entries ?? [];
      throw new Error(`The event bus refused the event: ${failed?.ErrorCode ?? 'no code'}: ${failed?.ErrorMessage ?? 'no message'}`);
    },
  };
}
