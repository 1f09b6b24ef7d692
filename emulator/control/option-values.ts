/** Checks options, settings and fault rules, because the admin API accepts them without a compiler's checks. */
import { parseDuration } from "../../lib/duration";
import { CodedError } from "../../lib/message-code";
import type { Shape, StructShape } from "../../service-model/shape";
import { double, optional, string, struct } from "../../service-model/shape";
import { formatPath, validate } from "../../service-model/validate";

/** An option, a setting or a fault rule is not valid; nothing was changed. */
export class OptionError extends CodedError {}

/** Throws an `OptionError` that names the first problem. `name` is the name of a value that has no path. */
export function assertOption(shape: Shape, value: unknown, name: string): void {
  const [problem] = validate(shape, value);
  if (!problem) return;
  const { path, code, message } = problem;
  throw new OptionError({ code, text: `${formatPath(path) || name} ${message}.` });
}

/** A struct of optional members. `memberNoun` says what their names are, if these are data. */
export function structOf(
  name: string,
  shapes: Readonly<Record<string, Shape>>,
  memberNoun?: string,
): StructShape {
  const members = Object.entries(shapes).map(([member, shape]) => [member, optional(shape, "")] as const);
  return { ...struct(name, Object.fromEntries(members)), memberNoun };
}

/** Milliseconds, or a number with a unit: `"500ms"`, `"30s"`, `"15m"`, `"1h"`, `"90d"`. */
export type Duration = number | string;

/** 24 days; Node's timers fire at once for longer delays. */
export const maxTimerMs = 2 ** 31 - 1;

/** A duration in milliseconds; undefined if the text is not a duration. */
export function toMilliseconds(duration: Duration): number | undefined {
  if (typeof duration === "number") return duration;
  return /^\d+(\.\d+)?(ms)?$/.test(duration) ? parseFloat(duration) : parseDuration(duration);
}

/** The shape of a duration, which depends on the type of its value. */
export const durationShape = (value: unknown, max: number = Number.MAX_SAFE_INTEGER): Shape =>
  typeof value === "number"
    ? double({ min: 0, max })
    : string({ check: (text) => findDurationFault(text, max) });

function findDurationFault(text: string, max: number): { code: string; message: string } | undefined {
  const milliseconds = toMilliseconds(text);
  if (milliseconds === undefined) {
    const message = 'must be a number of milliseconds or a text such as "30s" or "90d"';
    return { code: "not-a-duration", message };
  }
  return milliseconds > max ? { code: "too-large", message: `must be at most ${max} ms` } : undefined;
}
