/** Copies within S3 that one job does at a time. */
export const copiesAtOnce = 8;
