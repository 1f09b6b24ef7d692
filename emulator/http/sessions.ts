/**
 * Temporary credentials, as AssumeRole gives them. Everything about a session stands in its token, under a seal of this
 * process, so that nothing is kept however many there are.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ServiceError } from "./service-error";

export interface Session {
  readonly accessKeyId: string;
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** Id of the role and name of the session, as GetCallerIdentity says them. */
  readonly userId: string;
  /** Milliseconds of the machine's time, by which the clients' signatures are dated as well. */
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

  /** The session of a token that was issued here for the access key. Throws the service's answer to one that has ended. */
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

/** In the letters and length of AWS's own ids. */
export const idOf = (bytes: Uint8Array): string => {
  const bits = [...bytes.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)]).join("");
};
