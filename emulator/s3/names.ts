import { isIPv4 } from "node:net";

/**
 * Source: S3 user guide, rules for the names of buckets. Each label between periods begins and ends with a letter or a
 * number, as in host names; some prefixes and suffixes are reserved.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9.-]{3,63}$/.test(name) &&
  name.split(".").every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) &&
  !/^(xn--|sthree-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name) &&
  !isIPv4(name);

/** Longest key of an object, in bytes of UTF-8. Source: S3 User Guide, "Naming Amazon S3 objects". */
export const maxKeyBytes = 1024;
