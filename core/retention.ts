/** How long storage keeps files, in days. Files are never deleted directly: lifecycle rules of the bucket remove them. */
export const retention = {
  /** Multipart uploads that nobody completed. Sessions end at 7, and a completion that began before may run late. */
  incompleteUpload: 9,
  /** Files that no delivery needs any more carry this tag. */
  released: { tag: { key: 'fanfare-released', value: 'true' }, days: 1 },
  /** Whatever happened to it. */
  everything: 400,
} as const;
