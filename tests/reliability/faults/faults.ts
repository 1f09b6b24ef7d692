/** What goes wrong, and for how long. */
import type { FaultRule } from "../../../emulator";

type Strike = Pick<FaultRule, "error" | "connection" | "when" | "delayMs">;

export const faultNames = [
  "429",
  "500",
  "503",
  "reset before",
  "reset after",
  "time-out",
  "taken late",
  "402",
  "403",
  "404",
  "409",
] as const;
export type FaultName = (typeof faultNames)[number];

/** Answers of proxies, captive portals and connections that are cut off; the part `lag` has them. */
export const emptyNames = ["204", "no body", "{}", "null members", "HTML page"] as const;
export type EmptyName = (typeof emptyNames)[number];

export const isEmptyName = (name: string): name is EmptyName => emptyNames.some((empty) => empty === name);

export const durations = ["once", "for a while", "for good"] as const;
export type Duration = (typeof durations)[number];

/** Failures that pass by themselves: while they pass in time, nobody is to notice them. */
export const passing: readonly (FaultName | EmptyName)[] = [
  "429",
  "500",
  "503",
  "reset before",
  "reset after",
  "time-out",
  ...emptyNames,
];

/** The client breaks a call off after a minute; an answer that never comes must take longer. */
const hang = 66_000;

/** Milliseconds after which a call that its caller has given up has its effect all the same. */
export const lateness = (duration: Duration): number => (duration === "for good" ? 8_000 : hang);

/** Faults of calls that hang, which take their time. */
export const hanging: readonly (FaultName | EmptyName)[] = ["time-out", "taken late"];

/** How often a fault strikes. */
export const strikes: Readonly<Record<Duration, number>> = {
  once: 1,
  "for a while": 3,
  "for good": 1_000_000,
};

export function ruleOf(fault: FaultName, duration: Duration): Strike & { times: number } {
  // Two calls that hang take two minutes; a third would show nothing more.
  const times =
    hanging.includes(fault) && duration !== "for good" ? Math.min(2, strikes[duration]) : strikes[duration];
  return { ...strikeOf(fault, duration), times };
}

function strikeOf(fault: FaultName, duration: Duration): Strike {
  switch (fault) {
    case "reset before":
      return { connection: "reset", when: "before" };
    case "reset after":
      return { connection: "reset", when: "after" };
    case "time-out":
      return { delayMs: hang, when: "after" };
    case "taken late":
      return { delayMs: lateness(duration), when: "before" };
    default:
      return { error: Number(fault) };
  }
}

/** How long a job bears with it: short enough for a fault that never ends, long enough for one that does. */
export function patienceFor(duration: Duration): Record<"request" | "upload" | "queue", string> {
  return duration === "for good"
    ? { request: "4s", upload: "4s", queue: "4s" }
    : { request: "5m", upload: "5m", queue: "5m" };
}
