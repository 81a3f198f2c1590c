import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import { Refusal } from '../refusal.ts';
import type { Answer } from '../stand-in.ts';

/** An answer in TikTok's envelope. */
export function ok(data: object): Answer {
  return json(200, { data, error: { code: 'ok', message: '', log_id: logId() } });
}

/** A refusal in TikTok's envelope. `code` is what clients decide by. */
export function refuse(status: number, code: string, message: string): Refusal {
  return new Refusal(json(status, { data: {}, error: { code, message, log_id: logId() } }));
}

/** A field that is missing, not known, or of the wrong form. */
export function badParameter(message: string): Refusal {
  return refuse(400, 'invalid_params', message);
}

/** A refusal of the token endpoint, in the shape of OAuth. */
export function refuseToken(status: number, error: string, description: string): Refusal {
  return new Refusal(json(status, { error, error_description: description, log_id: logId() }));
}

/** Under which TikTok's support would find a call. */
function logId(): string {
  return `2026${randomDigits(28)}`;
}
