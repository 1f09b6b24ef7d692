import { formatDuration } from "../../lib/duration";
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";

/**
 * The operation was stopped: the user has cancelled it, or a deadline has passed. The reason of a session's `signal`.
 * `describeCancellation` and `describeDeadline` are its messages.
 */
export class StoppedError extends CodedError {}

/** Why an operation was stopped: the reason of a session's signal, as a `StoppedError`. */
export const describeCancellation: Message = {
  code: "run-cancelled",
  text: "The run was cancelled. Run `pulumi up` again to continue.",
};

/** `deadlineMs`: the duration that the user sets for the operation. */
export const describeDeadline = (deadlineMs: number): Message => ({
  code: "deadline-passed",
  text:
    `The operation did not end within ${formatDuration(deadlineMs)} (customTimeouts). Run \`pulumi up\` again to continue, ` +
    "or raise the timeout.",
});
