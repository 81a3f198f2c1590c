/** The records of the product, as every part sees them. Times are UTC strings `YYYY-MM-DDThh:mm:ssZ`, made by `core/clock.ts`. */

export * from './model/account.ts';
export * from './model/delivery.ts';
export * from './model/media.ts';
export * from './model/session.ts';
export * from './model/tenant.ts';
export * from './model/upload.ts';
