import { isIPv4 } from "node:net";

/** Source: S3 user guide, rules for the names of buckets. */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !isIPv4(name);
