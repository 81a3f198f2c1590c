import type { S3Client } from '@aws-sdk/client-s3';

/**
 * Throws unless the client leaves checksums alone. By default the SDK asks for them everywhere: an upload opened so demands
 * them of every part, and the URL of a part carries the one of an empty body. S3 then refuses what the sender sends, and
 * emulators do not.
 */
export async function demandNoChecksums(client: S3Client): Promise<void> {
  const wanted = await client.config.requestChecksumCalculation();
  if (wanted !== 'WHEN_REQUIRED') throw new Error("The S3 client must be made with requestChecksumCalculation: 'WHEN_REQUIRED'.");
}
