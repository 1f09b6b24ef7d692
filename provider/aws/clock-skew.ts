/** Calls that were refused because this machine's clock is off, and so the date of their signature. */
import { formatDuration } from "../../lib/duration";

/** The client's configuration once it is resolved; the signer keeps the correction there. */
interface SigningConfig {
  systemClockOffset?: number;
}

/** Refusals of a signature; a call that was refused for it was certainly not taken. STS says 400 to some of them. */
const signatureErrors = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

interface Refusal extends Error {
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
}

export const isSignatureError = ({ name }: Error): boolean => signatureErrors.has(name);

/** A wrong correction is repeated, but not for ever. */
const maxCorrections = 3;

/**
 * Sends once more after each correction of the clock. The signer corrects it by the answer's Date, whatever the answer
 * is; the client itself would send again, but it must not: a CreateJob that fails for another reason is never repeated.
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
      // Another call's answer may have corrected the clock while this one was on its way.
      const offset = signing.systemClockOffset ?? 0;
      const isCorrected = offset !== before || (error as Refusal).$metadata?.clockSkewCorrected === true;
      if (!isCorrected || !isRefusal(error as Refusal) || corrections === maxCorrections) throw error;
      if (offset !== before) corrected(offset);
    }
  }
}

const isRefusal = (error: Refusal): boolean =>
  isSignatureError(error) || [401, 403].includes(error.$metadata?.httpStatusCode ?? 0);

/** `offset` is what has to be added to this machine's time, in milliseconds. */
export function describeOffset(offset: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(offset) / 60_000));
  return (
    `This machine's clock is ${formatDuration(minutes * 60_000)} ${offset > 0 ? "behind" : "ahead of"} AWS's. ` +
    "Requests are signed with AWS's time from now on; set the clock, because other tools may fail."
  );
}
