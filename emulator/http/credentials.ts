/** Accepted key pairs and the temporary credentials of assumed roles. */
import { OptionError } from "../control/option-values";
import { isAbsolute, resolve } from "node:path";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ServiceError } from "./service-error";

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
  readonly #known: ReadonlyMap<string, Credential> | undefined;

  /** Accepts every key if there is no list. */
  constructor(
    private readonly ownAccount = "000000000000",
    list?: readonly Credential[],
  ) {
    this.#known = list && new Map(list.map((credential) => [credential.accessKeyId, credential]));
  }

  /** Whether signatures are verified. */
  get isRestricted(): boolean {
    return this.#known !== undefined;
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#known?.get(accessKeyId)?.secretAccessKey;
  }

  accountFor(accessKeyId: string): string {
    const named = this.#known?.get(accessKeyId)?.accountId;
    return named ?? (isAccount(accessKeyId) ? accessKeyId : this.ownAccount);
  }
}

const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

/**
 * Reads key pairs from a file in the format of `~/.aws/credentials`. Each profile may have an `aws_account_id`.
 * @throws OptionError if the file has no key pair.
 *
 * @param file Path, relative to the working directory.
 */
export async function readCredentials(file: string): Promise<Credential[]> {
  const filepath = isAbsolute(file) ? file : resolve(file);
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
 * Temporary credentials that AssumeRole issues. The session token contains the session and an HMAC of this process, so
 * that sessions use no memory.
 */

export interface Session {
  readonly accessKeyId: string;
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** `ROLE_ID:SESSION`, as GetCallerIdentity returns it. */
  readonly userId: string;
  /** Milliseconds of the machine's clock, which also dates the clients' signatures. */
  readonly expiresAt: number;
}

export interface SessionCredentials extends Session {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export class Sessions {
  readonly #secret = randomBytes(32);

  issue(of: Omit<Session, "accessKeyId">): SessionCredentials {
    const session = { accessKeyId: `ASIA${idOf(randomBytes(10))}`, ...of };
    const text = Buffer.from(JSON.stringify(session)).toString("base64url");
    return {
      ...session,
      secretAccessKey: this.secretOf(session),
      sessionToken: `${text}.${this.#seal("token", text)}`,
    };
  }

  /** Returns the session of a token that this process issued for the key. @throws ServiceError if it has expired. */
  find(accessKeyId: string, token: string | undefined): Session | undefined {
    if (token === undefined) return undefined;
    const [text = "", seal = ""] = token.split(".");
    const [given, right] = [Buffer.from(seal), Buffer.from(this.#seal("token", text))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const session = JSON.parse(Buffer.from(text, "base64url").toString()) as Session;
    if (session.accessKeyId !== accessKeyId) return undefined;
    if (Date.now() < session.expiresAt) return session;
    throw new ServiceError(
      "ExpiredTokenException",
      403,
      "The security token included in the request is expired",
    );
  }

  secretOf({ accessKeyId }: Session): string {
    return this.#seal("key", accessKeyId);
  }

  #seal(what: string, text: string): string {
    return createHmac("sha256", this.#secret).update(`${what}\n${text}`).digest("base64url");
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id with the alphabet and length of AWS's ids. */
export const idOf = (bytes: Uint8Array): string => {
  const bits = [...bytes.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
};
