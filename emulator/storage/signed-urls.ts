/** Signed URLs of the service's bucket. They look like S3's; only this process can issue and verify them. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../control/clock";
import type { AccountRegion } from "../state/records";
import { serviceBucket } from "./service-storage";

export interface SignedUrl {
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Why a URL is rejected, in S3's words. */
export interface UrlRejection {
  readonly code: "AccessDenied" | "SignatureDoesNotMatch";
  readonly message: string;
}

const path = `/${serviceBucket}/`;

export class SignedUrls {
  readonly #secret = randomBytes(32);

  constructor(
    private readonly clock: Clock,
    /** Milliseconds; the minimum is a second. */
    private readonly lifetime: () => number,
    private readonly endpoint: () => string,
  ) {}

  /** Issues a URL of the service's bucket. `origin` is the address at which the caller reached this server. */
  issue(method: "GET" | "PUT", key: string, { region }: AccountRegion, origin = this.endpoint()): SignedUrl {
    // The lifetime counts from a whole second, because the date in the URL has no fractions.
    const from = Math.floor(this.clock.now().getTime() / 1000) * 1000;
    const date = new Date(from).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const seconds = Math.max(1, Math.round(this.lifetime() / 1000));
    const query = new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `LOCALDATAEXCHANGE/${date.slice(0, 8)}/${region}/s3/aws4_request`,
      "X-Amz-Date": date,
      "X-Amz-Expires": String(seconds),
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": this.#sign(method, key, date, String(seconds)),
    });
    return {
      url: `${origin}${path}${key}?${query.toString()}`,
      expiresAt: new Date(from + seconds * 1000).toISOString(),
    };
  }

  /** The key in a URL's path, if the path is in the service's bucket. */
  static keyInPath(requestPath: string): string | undefined {
    return requestPath.startsWith(path) ? requestPath.slice(path.length) : undefined;
  }

  /** Returns why a request is rejected, or undefined if its URL is valid. */
  findRejection(method: string, key: string, query: URLSearchParams): UrlRejection | undefined {
    const [date, seconds, given] = ["X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature"].map((name) =>
      query.get(name),
    );
    if (!date || !seconds || !given) return { code: "AccessDenied", message: "Access Denied" };
    const wanted = Buffer.from(this.#sign(method, key, date, seconds));
    const signature = Buffer.from(given);
    if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      return {
        code: "SignatureDoesNotMatch",
        message: "The request signature we calculated does not match the signature you provided.",
      };
    }
    const from = Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3:$4:$5Z"));
    const expired = this.clock.now().getTime() >= from + Number(seconds) * 1000;
    return expired ? { code: "AccessDenied", message: "Request has expired" } : undefined;
  }

  #sign(method: string, key: string, date: string, seconds: string): string {
    return createHmac("sha256", this.#secret).update([method, key, date, seconds].join("\n")).digest("hex");
  }
}
