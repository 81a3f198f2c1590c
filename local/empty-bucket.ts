import { AbortMultipartUploadCommand, DeleteObjectsCommand, paginateListObjectsV2, S3Client, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';

/** Deletes every object of a bucket and every upload in progress: CloudFormation removes empty buckets only. */
export async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
  for (;;) {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) return;
    for (const { Key, UploadId } of Uploads) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  }
}
