/** Accepted key pairs and the temporary credentials of assumed roles. */
import { OptionError } from "../control/option-values";
import { toUnreadableFile } from "../../lib/message-code";
import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ApiError } from "../state/api-error";

/** A key pair that the local service accepts. */
export interface Credential {
  /** Access key id. */
  readonly accessKeyId: string;
  /** Secret access key, which signs requests. */
  readonly secretAccessKey: string;
  /** 12 digits. Default: the local service's account. */
  readonly accountId?: string;
}

export class Credentials {
  readonly #byKeyId: ReadonlyMap<string, Credential> | undefined;

  /** Accepts every key if there is no list. */
  constructor(
    private readonly ownAccount = "000000000000",
    list?: readonly Credential[],
  ) {
    this.#byKeyId = list && new Map(list.map((credential) => [credential.accessKeyId, credential]));
  }

  /** Whether signatures are verified. */
  get isRestricted(): boolean {
    return this.#byKeyId !== undefined;
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#byKeyId?.get(accessKeyId)?.secretAccessKey;
  }

  accountFor(accessKeyId: string): string {
    const accountId = this.#byKeyId?.get(accessKeyId)?.accountId;
    return accountId ?? (isAccount(accessKeyId) ? accessKeyId : this.ownAccount);
  }
}

const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

/**
 * Reads key pairs from a file in the format of `~/.aws/credentials`. Each profile may have an `aws_account_id`.
 * @throws OptionError if the file cannot be read or has no key pair.
 *
 * @param file Path, relative to the working directory.
 */
export async function readCredentials(file: string): Promise<Credential[]> {
  const filepath = isAbsolute(file) ? file : resolve(file);
  // The AWS SDK reads a file that it cannot open as an empty one.
  await readFile(filepath).catch((error: NodeJS.ErrnoException) => {
    throw new OptionError(toUnreadableFile(file, error), { cause: error });
  });
  const { credentialsFile } = await loadSharedConfigFiles({
    filepath,
    configFilepath: filepath,
    ignoreCache: true,
  });
  const found = Object.values(credentialsFile).flatMap((profile) => {
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = profile;
    const accountId = profile["aws_account_id"];
    return accessKeyId && secretAccessKey ? [{ accessKeyId, secretAccessKey, accountId }] : [];
  });
  if (found.length === 0) {
    const text = `${file} has no profile with aws_access_key_id and aws_secret_access_key.`;
    throw new OptionError({ code: "no-credentials", text });
  }
  return found;
}

/**
 * Temporary credentials that AssumeRole issues. The session token contains the session and its HMAC by a secret of this
 * process, so that sessions use no memory.
 */

export interface Session {
  readonly accessKeyId: string;
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** `ROLE_ID:SESSION`, as GetCallerIdentity returns it. */
  readonly userId: string;
  /** In milliseconds of the machine's clock, because clients date their signatures by it. */
  readonly expiresAt: number;
}

export interface SessionCredentials extends Session {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export class Sessions {
  readonly #secret = randomBytes(32);

  issue(given: Omit<Session, "accessKeyId">): SessionCredentials {
    const session = { accessKeyId: `ASIA${encodeId(randomBytes(10))}`, ...given };
    const text = Buffer.from(JSON.stringify(session)).toString("base64url");
    return {
      ...session,
      secretAccessKey: this.secretOf(session),
      sessionToken: `${text}.${this.#hmac("token", text)}`,
    };
  }

  /** Returns the session of a token that this process issued for the key. @throws ApiError if it has expired. */
  find(accessKeyId: string, token: string | undefined): Session | undefined {
    if (token === undefined) return undefined;
    const [text = "", hmac = ""] = token.split(".");
    const [actual, expected] = [Buffer.from(hmac), Buffer.from(this.#hmac("token", text))];
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
    const session = JSON.parse(Buffer.from(text, "base64url").toString()) as Session;
    if (session.accessKeyId !== accessKeyId) return undefined;
    if (Date.now() < session.expiresAt) return session;
    throw new ApiError("ExpiredTokenException", 403, "The security token included in the request is expired");
  }

  secretOf({ accessKeyId }: Session): string {
    return this.#hmac("key", accessKeyId);
  }

  #hmac(purpose: string, text: string): string {
    return createHmac("sha256", this.#secret).update(`${purpose}\n${text}`).digest("base64url");
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id with the alphabet and length of AWS's ids. */
export const encodeId = (bytes: Uint8Array): string => {
  const bits = [...bytes.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
};
