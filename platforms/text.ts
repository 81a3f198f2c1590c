/** Title, blank line, description: the one text of networks that have no title. Where one of them is empty, the other alone. */
export function captionOf({ title, description }: { title: string; description: string | null }): string {
  return [title, description ?? ''].filter((part) => part !== '').join('\n\n');
}

/** The text that a network shows for one that was sent: networks trim, and may fold white space and compose characters. */
export function sameText(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** What two texts have in common that are the same to a network. */
export function folded(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
}
