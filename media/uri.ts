/** RFC 3986, as signatures have it: `encodeURIComponent` leaves five reserved characters as they are. */
export function escapeUri(text: string): string {
  if (/^[\w.~-]*$/u.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** An object's key as part of a path: its slashes stay. */
export function pathOfKey(objectKey: string): string {
  return objectKey.split('/').map(escapeUri).join('/');
}
