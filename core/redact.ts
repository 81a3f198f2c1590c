/**
 * Takes secrets out of text and values before they are stored or logged. What is known by its name is removed by its name;
 * what travels inside text (addresses, headers, answers of networks) is known by its form.
 */

const REMOVED = '[removed]';

/** Names of fields whose values never leave the process, compared without case, `-` and `_`. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  [
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'idempotency-key',
    'apiKey',
    'key',
    'keyHash',
    'dataKey',
    'plaintext',
    'jwt',
    'token',
    'tokens',
    'accessToken',
    'refreshToken',
    'idToken',
    'sessionToken',
    'tokenHash',
    'x-amz-security-token',
    'secret',
    'clientSecret',
    'password',
    'uploadUrl',
    'code_verifier',
    'verifier',
    'binding',
  ].map(plainName),
);

/** Forms of secrets inside text, most general last. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  // The query of an address: presigned URLs, session URIs of networks and Graph calls carry their credentials there.
  [/(\bhttps?:\/\/[^\s"'<>?\\]+)\?[^\s"'<>\\]+/giu, `$1?${REMOVED}`],
  [/\b(Bearer|OAuth|Basic|DPoP)\s+[\w.~+/=-]{8,}/giu, `$1 ${REMOVED}`],
  [/\b((?:Set-)?Cookie)\s*:\s*[^\r\n"]+/giu, `$1: ${REMOVED}`],
  // What AWS quotes of a request that it does not like (Signature Version 4), and the signature of a CloudFront address.
  [/\bSignature=[\w~-]{64,}/gu, `Signature=${REMOVED}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/gu, REMOVED],
  // Parameters of forms and fields of JSON, also with quotes that were escaped once more.
  [
    /\b((?:access|refresh|id|session|security)[_-]?token|client[_-]?secret|api[_-]?key|idempotency[_-]?key|appsecret_proof|password|X-Amz-(?:Signature|Credential|Security-Token))(\\?["']?\s*[=:]\s*\\?["']?)[^\s"'&,;}\\]+/giu,
    `$1$2${REMOVED}`,
  ],
  // JSON Web Tokens, and keys of our own making.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/gu, REMOVED],
  [/\bfan_[A-Za-z0-9]{20,}/gu, REMOVED],
  [/\bst_[A-Za-z0-9_-]{20,}/gu, REMOVED],
  [/\b(lnk_[0-9A-Z]{26})\.[\w-]{43}/gu, `$1.${REMOVED}`],
  // The private part of a key as a JWK.
  [/(\\?"d\\?"\s*:\s*\\?")[\w-]{20,}/gu, `$1${REMOVED}`],
  // Tokens and app secrets that networks begin in their own way: Google's, Meta's, those of Bluesky's servers.
  [/(?:\bya29\.|\b1\/\/0|\bGOCSPX-)[\w-]{16,}/gu, REMOVED],
  [/\b(?:EAA|IGAA|IGQ)[A-Za-z0-9_-]{20,}/gu, REMOVED],
  [/\b(?:ref|cod)-[\w-]{20,}/gu, REMOVED],
];

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/gu, '');
}

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(plainName(name));
}

/** The text without the secrets that can be told by their form, cut to `limit` characters. */
export function redactText(text: string, limit = 2_000): string {
  // Cut before searching as well: an answer of a network may be a megabyte.
  let clean = text.slice(0, limit * 2);
  for (const [form, replacement] of SECRET_FORMS) clean = clean.replaceAll(form, replacement);
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}
