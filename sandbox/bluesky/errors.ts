import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';

/** A refusal in the form of the AT Protocol's HTTP calls (XRPC). Clients decide by `error`. */
export function refuse(status: number, error: string, message: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal(json(status, { error, message }, headers));
}

/** What is wrong with parameters or input. The server has the same name for all of it. */
export function invalidRequest(message: string): Refusal {
  return refuse(400, 'InvalidRequest', message);
}
