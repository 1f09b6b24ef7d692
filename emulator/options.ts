/** Start options of a local Data Exchange; settings that can change later are in `control/settings.ts`. */
import { integer, list, map, optional, required, string, struct } from "../service-model/shape";
import { assertOption, structOf } from "./control/option-values";
import type { ChangeableSettings } from "./control/settings";
import type { Credential } from "./http/credentials";
import type { AccessEntry } from "./http/server";

/** Options of a local Data Exchange. */
export interface LocalDataExchangeOptions extends ChangeableSettings {
  /**
   * Port to listen on, 0 to 65535; 0 takes a free one.
   *
   * @default 0
   */
  readonly port?: number;
  /**
   * Address to listen on. Without `credentials`, every program that can reach the address can call the service.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Account of callers whose access key is not an account id: 12 digits.
   *
   * @default "000000000000"
   */
  readonly accountId?: string;
  /**
   * The key pairs that may call, each with its account. Signatures are then verified and all other callers are
   * refused. Default: every key pair may call, and an access key of 12 digits is the id of its account.
   */
  readonly credentials?: readonly Credential[];
  /** Seed for ids and probabilistic faults. Default: a new seed at every start. */
  readonly seed?: string;
  /** URL of an S3 server to use. Default: the embedded one. */
  readonly s3Endpoint?: string;
  /** Credentials for `s3Endpoint`. Default: those of the environment, if any. */
  readonly s3Credentials?: {
    /** Access key id. */
    readonly accessKeyId: string;
    /** Secret access key. */
    readonly secretAccessKey: string;
  };
  /** URLs of APIs by their ids in API Gateway. For an API without a URL, SendApiAsset returns the call itself. */
  readonly apis?: Readonly<Record<string, string>>;
  /**
   * Whether buckets need a policy. `true`: event actions need one that allows the service to write, and S3 data access
   * needs one that delegates reading to access points. `false`: neither needs one. Default: event actions need it,
   * because the service tests the bucket when the event action is created; S3 data access does not, because no source
   * says that the job fails.
   */
  readonly requireBucketPolicy?: boolean;
  /**
   * Refuses data grants of data sets without a finalized revision, as the console does. No source says that the API
   * refuses them.
   *
   * @default false
   */
  readonly requireFinalizedRevision?: boolean;
  /**
   * Counts every data set as part of a product of AWS Marketplace, so that its owner can send notifications. The
   * service refuses notifications about other data sets.
   *
   * @default false
   */
  readonly marketplace?: boolean;
  /** Called after the response to each request. */
  readonly onRequest?: (entry: AccessEntry) => void;
}

const accountId = string({ pattern: "\\d{12}", meaning: "12 digits" });
const url = string({
  check: (text) =>
    URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
      ? undefined
      : { code: "not-a-url", message: "must be an http or https URL" },
});
const credential = struct("Credential", {
  accessKeyId: required(string({ minLength: 1 }), ""),
  secretAccessKey: required(string({ minLength: 1 }), "", { secret: true }),
  accountId: optional(accountId, ""),
});
const shape = structOf("LocalDataExchangeOptions", {
  ...{ port: integer({ min: 0, max: 65_535 }), accountId, credentials: list(credential) },
  ...{ s3Endpoint: url, apis: map(url) },
});

/** Throws an `OptionError` for an option that is not valid; `Settings` checks the settings. */
export function assertOptions(options: LocalDataExchangeOptions): void {
  const { port, accountId, s3Endpoint, apis } = options;
  // The AWS SDK adds its own members to credentials that were passed to it before.
  const credentials = options.credentials?.map(({ accessKeyId, secretAccessKey, accountId }) => {
    return { accessKeyId, secretAccessKey, accountId };
  });
  assertOption(shape, { port, accountId, credentials, s3Endpoint, apis }, "The options");
}

/** The given credentials, those of the environment, or placeholders for a server that accepts any. */
export function s3CredentialsOf({ s3Credentials }: LocalDataExchangeOptions) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (s3Credentials) return s3Credentials;
  return accessKeyId && secretAccessKey
    ? { accessKeyId, secretAccessKey }
    : { accessKeyId: "local", secretAccessKey: "local" };
}
