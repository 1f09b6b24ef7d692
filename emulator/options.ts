/** What a local Data Exchange can be told at its start; how settings change later stands in `control/settings.ts`. */
import type { ChangeableSettings } from "./control/settings";
import type { Credential } from "./http/credentials";
import type { AccessEntry } from "./http/server";

/** What a local Data Exchange can be told at its start. */
export interface LocalDataExchangeOptions extends ChangeableSettings {
  /** Port to listen on, 0 to 65535. Default: 0, one that is free. */
  readonly port?: number;
  /**
   * Address to listen on. Default: 127.0.0.1, the loopback. Without `credentials` nothing protects what is reachable
   * from elsewhere.
   */
  readonly host?: string;
  /** Account of callers whose access key says nothing else. 12 digits. Default: 000000000000. */
  readonly accountId?: string;
  /**
   * The key pairs that are let in, each with its account. Signatures are verified then, and every other caller is
   * refused. Default: every key pair is let in, and a key that is 12 digits long is the id of its account.
   */
  readonly credentials?: readonly Credential[];
  /** Makes ids, and the likelihood of faults, the same at every start. Default: a new one each time. */
  readonly seed?: string;
  /** URL of an S3 server to use. Default: the embedded one. */
  readonly s3Endpoint?: string;
  /** Credentials for `s3Endpoint`. Default: those of the environment, where there are any. */
  readonly s3Credentials?: {
    /** Id of the key. */
    readonly accessKeyId: string;
    /** The secret that goes with it. */
    readonly secretAccessKey: string;
  };
  /** URLs of APIs by their id in API Gateway. One that is not named, the default, answers with the call as it arrived. */
  readonly apis?: Readonly<Record<string, string>>;
  /**
   * What a bucket's policy must allow: with `true` event actions need one that lets the service write, and S3 data access
   * one that leaves reading to access points; with `false` neither does. Default: event actions need one, because the
   * service tries it when the event action is made; S3 data access needs none, because no source says that the job fails.
   */
  readonly requireBucketPolicy?: boolean;
  /**
   * Refuses data grants of data sets without a finalized revision, as the console does. Default: false, because no source
   * says that the API refuses them.
   */
  readonly requireFinalizedRevision?: boolean;
  /**
   * Counts every data set as part of a product of AWS Marketplace, so that its owner can send notifications. Default:
   * false; the service refuses notifications about other data sets.
   */
  readonly marketplace?: boolean;
  /** Told of every request when it has been answered. Default: nobody is. */
  readonly onRequest?: (entry: AccessEntry) => void;
}

export interface ResolvedOptions {
  readonly port: number;
  readonly host: string;
  readonly s3Endpoint?: string;
  readonly s3Credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function resolveOptions(options: LocalDataExchangeOptions): ResolvedOptions {
  const { port = 0, host = "127.0.0.1", s3Endpoint, s3Credentials, apis = {} } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`port must be a whole number from 0 to 65535, not ${port}.`);
  }
  if (s3Endpoint !== undefined) needUrl(s3Endpoint, "s3Endpoint");
  for (const [id, url] of Object.entries(apis)) needUrl(url, `apis of ${id}`);
  return {
    port,
    host,
    s3Endpoint,
    s3Credentials: s3Credentials ?? environmentCredentials(s3Endpoint !== undefined),
  };
}

function needUrl(text: string, option: string): void {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: "" };
  if (protocol !== "http:" && protocol !== "https:") {
    throw new TypeError(`${option} must be an http or https URL, not ${text}.`);
  }
}

/** The embedded server asks for none, so that the environment's own never go anywhere they need not. */
function environmentCredentials(wanted: boolean): ResolvedOptions["s3Credentials"] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return wanted && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
    ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    : { accessKeyId: "local", secretAccessKey: "local" };
}
