/** Repeats calls that AWS refused because this machine's clock, and so the date of the signature, is off. */
import { formatDuration } from "../../lib/duration";

/** The resolved configuration of a client. The signer stores its correction there. */
interface SigningConfig {
  systemClockOffset?: number;
}

/** Errors of a signature. The service certainly did not accept the call. STS answers some of them with 400. */
const signatureErrors = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

interface FailedRequestError extends Error {
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
}

export const isSignatureError = ({ name }: Error): boolean => signatureErrors.has(name);

/** Limits the calls if a correction does not help. */
const maxCorrections = 3;

/**
 * Sends again after each correction of the clock. The signer corrects it by the Date of any answer. The client's own
 * retries are off, because a CreateJob that fails for another reason must not be repeated.
 */
export async function withClockCorrection<T>(
  { config }: { config: object },
  send: () => Promise<T>,
  corrected: (offset: number) => void,
): Promise<T> {
  const signing = config as SigningConfig;
  for (let corrections = 0; ; corrections++) {
    const before = signing.systemClockOffset ?? 0;
    try {
      return await send();
    } catch (error) {
      // The answer to a concurrent call may have corrected the clock.
      const offset = signing.systemClockOffset ?? 0;
      const isCorrected =
        offset !== before || (error as FailedRequestError).$metadata?.clockSkewCorrected === true;
      if (!isCorrected || !isRefusal(error as FailedRequestError) || corrections === maxCorrections)
        throw error;
      if (offset !== before) corrected(offset);
    }
  }
}

const isRefusal = (error: FailedRequestError): boolean =>
  isSignatureError(error) || [401, 403].includes(error.$metadata?.httpStatusCode ?? 0);

/** `offset` is the difference of AWS's time from this machine's, in milliseconds. */
export function describeOffset(offset: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(offset) / 60_000));
  return (
    `This machine's clock is ${formatDuration(minutes * 60_000)} ${offset > 0 ? "behind" : "ahead of"} AWS's. ` +
    "Requests are signed with AWS's time from now on; set the clock, because other tools may fail."
  );
}
