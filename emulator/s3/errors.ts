/**
 * S3's errors. Source of most codes: S3 API reference, "Error responses". The sources of the other codes and of the
 * messages are not recorded, unless a comment names them.
 */

/** Status and default message by code, in S3's spelling. Codes without a default have a message for each cause. */
const errors = {
  AccessDenied: [403, "Access Denied"],
  AccessControlListNotSupported: [400, "The bucket does not allow ACLs"],
  BadDigest: [400],
  BadRequest: [400],
  BucketAlreadyOwnedByYou: [
    409,
    "Your previous request to create the named bucket succeeded and you already own it.",
  ],
  BucketNotEmpty: [409, "The bucket you tried to delete is not empty"],
  EntityTooLarge: [400, "Your proposed upload exceeds the maximum allowed size"],
  EntityTooSmall: [400, "Your proposed upload is smaller than the minimum allowed size"],
  IncompleteBody: [400, "The request body terminated unexpectedly"],
  InternalError: [500],
  InvalidArgument: [400],
  InvalidBucketName: [400, "The specified bucket is not valid."],
  InvalidBucketAclWithObjectOwnership: [400],
  InvalidDigest: [400, "The Content-MD5 you specified was invalid."],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidPart: [
    400,
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified " +
      "entity tag may not match the part's entity tag.",
  ],
  InvalidPartNumber: [416, "The requested partnumber is not satisfiable"],
  InvalidPartOrder: [
    400,
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
  ],
  InvalidRange: [416, "The requested range is not satisfiable"],
  // Source: the response of S3 that https://github.com/aws/aws-cli/issues/1130 quotes.
  InvalidRedirectLocation: [
    400,
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
  ],
  InvalidRequest: [400],
  InvalidStorageClass: [400, "The storage class you specified is not valid"],
  InvalidTag: [400, "The TagKey you have provided is invalid"],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  KeyTooLongError: [400, "Your key is too long"],
  MalformedPolicy: [400, "Policies must be valid JSON and the first byte must be '{'"],
  MalformedTrailerError: [400, "The request contained trailing data that was not well-formed."],
  MalformedXML: [
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  MaxMessageLengthExceeded: [400, "Your request was too big."],
  MetadataTooLarge: [400, "Your metadata headers exceed the maximum allowed metadata size"],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NoSuchBucketPolicy: [404, "The bucket policy does not exist"],
  NoSuchCORSConfiguration: [404, "The CORS configuration does not exist"],
  NoSuchKey: [404, "The specified key does not exist."],
  NoSuchLifecycleConfiguration: [404, "The lifecycle configuration does not exist"],
  NoSuchPublicAccessBlockConfiguration: [404, "The public access block configuration was not found"],
  NoSuchTagSet: [404, "The TagSet does not exist"],
  NoSuchUpload: [
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  ],
  NoSuchVersion: [404, "The specified version does not exist."],
  NoSuchWebsiteConfiguration: [404, "The specified bucket does not have a website configuration"],
  NotImplemented: [501],
  ObjectLockConfigurationNotFoundError: [404, "Object Lock configuration does not exist for this bucket"],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold"],
  ReplicationConfigurationNotFoundError: [404, "The replication configuration was not found"],
  ServiceUnavailable: [503],
  SignatureDoesNotMatch: [403],
  SlowDown: [503, "Please reduce your request rate."],
  TooManyBuckets: [400, "You have attempted to create more buckets than allowed"],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
} as const satisfies Readonly<Record<string, readonly [status: number, message?: string]>>;

export type ErrorCode = keyof typeof errors;

/** Elements of the response by name. `Message` replaces the default one. */
export type ErrorElements = Readonly<Record<string, string | number>>;

export class S3Error extends Error {
  readonly status: number;
  readonly details: ErrorElements;

  constructor(
    readonly code: ErrorCode,
    { Message, ...details }: ErrorElements = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const [status, message = ""]: readonly [number, string?] = errors[code];
    super(String(Message ?? message));
    this.name = "S3Error";
    this.status = status;
    this.details = details;
  }
}

export const noSuchKey = (key: string): S3Error => new S3Error("NoSuchKey", { Key: key });

export const invalidArgument = (Message: string, name: string, value: string): S3Error =>
  new S3Error("InvalidArgument", { Message, ArgumentName: name, ArgumentValue: value });

export const malformedXml = (): S3Error => new S3Error("MalformedXML");

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error("PreconditionFailed", { Condition: condition });
