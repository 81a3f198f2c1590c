/** Four characters; what is not printable becomes a question mark. */
export function fourCharacters(view: DataView, offset: number): string {
  let text = '';
  for (let index = offset; index < offset + 4; index += 1) {
    const code = view.getUint8(index);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
