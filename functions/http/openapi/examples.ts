/** One complete example of each operation: what is sent, and what a success answers. A test holds them against the schemas. */
export interface Example {
  readonly request?: unknown;
  readonly answer: unknown;
}

const uploadId = 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0XWA';
const [youtubeAccount, instagramAccount] = ['acc_01J8YV4T1B2C3D5F6G7H8J9KMN', 'acc_01J8YV5W7Z8Y6X4V2T0S1R3QPM'];
const sessionToken = 'st_3vQ9mXo2bT7cYw1Zr5LdKfHs8PjUaEnGi4BxVq6NtWy';
const title = 'Spring launch';
const description = 'What is new this spring.';
const scheduledOn = '2026-05-01T09:00:00Z';
const createdAt = '2026-04-01T10:00:00Z';
const expiresAt = '2026-04-01T11:00:00Z';
const sessionExpiresAt = '2026-04-08T10:00:00Z';
const url = (part: number): string => `https://media.s3.eu-central-1.amazonaws.com/in/ten_1/01J8ZC/1.mp4?partNumber=${part}&X-Amz-Signature=0f3a`;

const metadata = {
  title,
  description,
  accounts: [youtubeAccount, instagramAccount],
  scheduledOn,
  options: { youtube: { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en', tags: ['spring'] } },
};
const file = { fileName: 'launch.mp4', fileSize: 12_582_912, contentType: 'video/mp4' };

const created = {
  uploadId,
  status: 'Scheduled',
  title,
  scheduledOn,
  createdAt,
  accounts: [
    { accountId: youtubeAccount, status: 'Scheduled' },
    { accountId: instagramAccount, status: 'Scheduled' },
  ],
};

const uploaded = {
  accountId: youtubeAccount,
  platform: 'youtube',
  status: 'Uploaded',
  externalId: 'dQw4w9WgXcQ',
  externalUrl: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
  publishedAt: '2026-05-01T09:00:21Z',
  errorCode: null,
  errorMessage: null,
};
const failed = {
  ...uploaded,
  accountId: instagramAccount,
  platform: 'instagram',
  status: 'Failed',
  externalId: null,
  externalUrl: null,
  publishedAt: null,
  errorCode: 'reauth_required',
  errorMessage: 'Instagram does not accept the link to this account any more. Reconnect the account, then retry.',
};
const listed = { uploadId, title, status: 'Failed', scheduledOn, createdAt, accounts: [uploaded, failed] };
const list = { items: [listed], page: 1, pageSize: 20, total: 1, nextCursor: null };

const delivery = {
  accountId: youtubeAccount,
  platform: 'youtube',
  status: 'Scheduled',
  phase: 'pending',
  revision: 1,
  attempts: 0,
  retries: 0,
  startedAt: null,
  updatedAt: createdAt,
  publishedAt: null,
  nextAt: null,
  bytesSent: null,
  externalId: null,
  externalUrl: null,
  sequels: [],
  error: null,
  warnings: [],
};
const path = `/api/upload/${uploadId}`;
const upload = {
  uploadId,
  kind: 'video',
  status: 'Scheduled',
  revision: 1,
  title,
  description,
  options: metadata.options,
  scheduledOn,
  createdAt,
  updatedAt: createdAt,
  media: [
    {
      mediaId: 'med_01J8ZC6Q4M2V9Y3K7T5B1N0XWA',
      fileName: file.fileName,
      size: file.fileSize,
      contentType: file.contentType,
      sha256: null,
      facts: { container: 'mp4', duration: 31.4, width: 1080, height: 1920, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 },
      image: null,
    },
  ],
  deliveries: [delivery],
  links: { self: path, status: `${path}/status`, edit: path, cancel: `${path}/cancel`, publishNow: `${path}/publish-now` },
};
const cancelled = { ...upload, status: 'Cancelled', revision: 2, deliveries: [{ ...delivery, status: 'Cancelled', phase: 'cancelled', revision: 2 }], links: { self: path, status: `${path}/status` } };

const scopes = ['upload:read', 'upload:write'];
const keyFields = { id: 'key_01J8YTZ3V5X7Y9B1D3F5H7K9MP', name: 'CI uploads', prefix: 'fan_3vQ9', scopes, createdAt, expiresAt: null };
const newKey = { ...keyFields, key: 'fan_3vQ9mXo2bT7cYw1Zr5LdKfHs8PjUaEnGi4BxVq6NtWyR0cD1e' };
const shownKey = { ...keyFields, status: 'active', lastUsedAt: '2026-04-01T12:00:00Z', revokedAt: null, replacedBy: null };

const presignedParts = {
  sessionToken,
  fileId: 'file_01J8ZC6Q4M2V9Y3K7T5B1N0XWA',
  partSize: 8_388_608,
  partCount: 2,
  parts: [1, 2].map((partNumber) => ({ partNumber, url: url(partNumber) })),
  nextPartNumber: null,
  expiresAt,
  sessionExpiresAt,
};

const photoFile = { fileName: 'launch.jpg', fileSize: 482_113, contentType: 'image/jpeg' };
const photo = {
  mediaId: 'med_01J8ZD2H6N4P8R0T3V5X7Z9BCD',
  fileName: photoFile.fileName,
  size: photoFile.fileSize,
  contentType: photoFile.contentType,
  sha256: null,
  state: 'ready',
  createdAt,
  usableUntil: '2026-04-22T10:00:00Z',
};

const account = {
  id: youtubeAccount,
  network: 'youtube',
  name: 'Spring Studio',
  health: 'active',
  healthSince: createdAt,
  healthReason: null,
  nextRenewalAt: '2026-04-01T10:50:00Z',
  accessEndsAt: null,
  warnings: [],
  profile: 'Spring Studio',
  externalId: 'UCuAXFkgsw1L7xaCfnd5JJOw',
  createdAt,
  capabilities: ['video', 'analytics'],
  limits: {},
  defaults: { categoryId: '22', defaultLanguage: 'en' },
};

const linkId = 'lnk_01J8YV3B5C7D9F1G3H5J7K9M1N';
const linked = {
  linkId,
  network: 'youtube',
  status: 'linked',
  profile: 'Spring Studio',
  createdAt,
  expiresAt: '2026-04-01T10:15:00Z',
  targets: [],
  choice: null,
  accounts: [youtubeAccount],
  error: null,
};

export const examples: Readonly<Record<string, Example>> = {
  generateApiKey: { request: { name: 'CI uploads', scopes }, answer: newKey },
  listApiKeys: { answer: { items: [shownKey] } },
  renameApiKey: { request: { name: 'Nightly uploads' }, answer: { ...shownKey, name: 'Nightly uploads' } },
  revokeApiKey: { answer: { ...shownKey, status: 'revoked', revokedAt: '2026-04-02T08:00:00Z' } },
  rotateApiKey: { request: { overlapSeconds: 3600 }, answer: { ...newKey, replaces: { id: 'key_01J8YTZ3V5X7Y9B1D3F5H7K9MN', expiresAt } } },
  listNetworks: {
    answer: {
      items: [
        {
          network: 'youtube',
          title: 'YouTube',
          configured: true,
          availability: { state: 'limited', until: '2026-04-02T07:00:00Z', reason: 'quota_exhausted' },
          kinds: ['video'],
          limits: [{ rule: 'youtube.video.title_max', kind: 'video', limit: 100, unit: 'characters', only: null, source: 'video resource', confidence: 'seen' }],
          caps: [{ cap: 'youtube.uploads_per_day', limit: 100, unit: 'items', seconds: 86_400, of: 'app', asked: false, source: 'quota cost page, 2026', confidence: 'documented' }],
          options: { type: 'object', properties: { privacyStatus: { default: 'public', enum: ['public', 'unlisted', 'private'] } }, additionalProperties: false },
        },
      ],
    },
  },
  listAccounts: { answer: { items: [account] } },
  setDefaults: {
    request: { defaults: { privacyStatus: 'unlisted', categoryId: null } },
    answer: { ...account, defaults: { privacyStatus: 'unlisted', defaultLanguage: 'en' } },
  },
  unlinkAccount: { answer: { accountId: youtubeAccount, failedUploads: 2 } },
  linkAccount: {
    request: { network: 'youtube', redirectUrl: 'https://app.example.com/linked', profile: 'Spring Studio' },
    answer: { linkId, authorizeUrl: `https://api.example.com/prod/oauth/youtube/start?link=${linkId}`, expiresAt: '2026-04-01T10:15:00Z' },
  },
  getLink: { answer: linked },
  chooseTargets: { request: { targets: ['UCuAXFkgsw1L7xaCfnd5JJOw'] }, answer: linked },
  checkAccount: { answer: { outcome: 'accepted', message: null, account } },
  getRedirectOrigins: { answer: { origins: ['https://app.example.com'] } },
  setRedirectOrigins: { request: { origins: ['https://app.example.com'] }, answer: { origins: ['https://app.example.com'] } },
  presignPut: {
    request: { ...metadata, ...file },
    answer: { sessionToken, fileId: presignedParts.fileId, uploadUrl: url(1), method: 'PUT', headers: { 'Content-Type': 'video/mp4' }, expiresAt, sessionExpiresAt },
  },
  openMultipart: { request: { ...metadata, ...file, partSize: presignedParts.partSize }, answer: presignedParts },
  resumeSession: {
    request: { sessionToken },
    answer: {
      sessionToken,
      fileId: presignedParts.fileId,
      state: 'open',
      uploadId: null,
      mediaId: null,
      file: { ...file, sha256: null },
      partSize: presignedParts.partSize,
      partCount: 2,
      arrivedParts: [{ partNumber: 1, eTag: '"9bb58f26192e4ba00f01e2e7b136bbd8"', size: presignedParts.partSize }],
      missingParts: [{ partNumber: 2, url: url(2) }],
      nextPartNumber: null,
      expiresAt,
      sessionExpiresAt,
    },
  },
  completeUpload: {
    request: {
      sessionToken,
      parts: [
        { partNumber: 1, eTag: '"9bb58f26192e4ba00f01e2e7b136bbd8"' },
        { partNumber: 2, eTag: '"5d41402abc4b2a76b9719d911017c592"' },
      ],
    },
    answer: created,
  },
  openMedia: { request: photoFile, answer: { ...presignedParts, partSize: photoFile.fileSize, partCount: 1, parts: [{ partNumber: 1, url: url(1) }] } },
  completeMedia: { request: { sessionToken, parts: [] }, answer: photo },
  getMedia: { answer: photo },
  createUpload: { request: { kind: 'photos', media: [photo.mediaId], text: description, accounts: metadata.accounts, scheduledOn }, answer: created },
  abortUpload: { request: { sessionToken }, answer: { success: true } },
  uploadForm: { answer: created },
  validateUpload: {
    request: { ...metadata, ...file },
    answer: {
      valid: false,
      violations: [
        {
          accountId: youtubeAccount,
          network: 'youtube',
          rule: 'youtube.video.title_max',
          field: 'title',
          message: 'The title has 120 characters, and YouTube takes at most 100: shorten it.',
          value: 120,
          limit: 100,
          unit: 'characters',
          remedy: 'Shorten it.',
        },
      ],
      probed: false,
    },
  },
  getUpload: { answer: upload },
  getUploadStatus: { answer: { ...listed, updatedAt: '2026-05-01T09:00:21Z', sha256: null } },
  editUpload: { request: { title: 'Summer launch' }, answer: { ...upload, title: 'Summer launch', revision: 2 } },
  cancelUpload: { request: {}, answer: cancelled },
  retryUpload: { request: { accounts: [instagramAccount] }, answer: { ...upload, revision: 2 } },
  publishNow: { request: {}, answer: { ...upload, scheduledOn: null, status: 'Processing', revision: 2 } },
  listUploads: { answer: list },
  listApiUploads: { answer: { ...list, page: null, nextCursor: 'eyJhZnRlciI6IjIwMjYtMDQtMDFUMTA6MDA6MDBaIn0' } },
};
