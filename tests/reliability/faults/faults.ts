/** Faults and how long they last. */
import type { Fault, FaultRule } from "../../../emulator";
import type { Answer } from "../../harness/http";
import type { InterceptingProxy } from "../proxy";

type FaultEffect = Pick<FaultRule, "error" | "connection" | "when" | "delayMs">;

/** Faults that retries must hide if they end in time. */
const transientFaultNames = ["429", "500", "503", "reset before", "reset after", "time-out"] as const;
export const faultNames = [...transientFaultNames, "late effect", "402", "403", "404", "409"] as const;
export type FaultName = (typeof faultNames)[number];

/** Answers of proxies, captive portals and broken connections; the suite `lag` uses them. */
export const emptyAnswers = ["204", "no body", "{}", "null members", "HTML page"] as const;
export type EmptyAnswer = (typeof emptyAnswers)[number];

export const isEmptyAnswer = (name: string): name is EmptyAnswer =>
  emptyAnswers.some((empty) => empty === name);

export const faultDurations = ["once", "for a while", "permanently"] as const;
export type FaultDuration = (typeof faultDurations)[number];

export const transientFaults: readonly (FaultName | EmptyAnswer)[] = [
  ...transientFaultNames,
  ...emptyAnswers,
];

/** The client aborts a call after a minute; a hanging call must take longer. */
const hangMs = 66_000;

/** Milliseconds after which an aborted call still takes effect. */
export const lateEffectMs = (duration: FaultDuration): number =>
  duration === "permanently" ? 8_000 : hangMs;

/** Faults whose cases take a minute or more. */
export const hangingFaults: readonly (FaultName | EmptyAnswer)[] = ["time-out", "late effect"];

/** How often a fault is applied. */
const faultCounts: Readonly<Record<FaultDuration, number>> = {
  once: 1,
  "for a while": 3,
  permanently: 1_000_000,
};

export function ruleOf(fault: FaultName, duration: FaultDuration): FaultEffect & { times: number } {
  // Two hanging calls take two minutes; a third would show nothing more.
  const max = hangingFaults.includes(fault) && duration !== "permanently" ? 2 : Infinity;
  const effects: Partial<Record<FaultName, FaultEffect>> = {
    "reset before": { connection: "reset", when: "before" },
    "reset after": { connection: "reset", when: "after" },
    "time-out": { delayMs: hangMs, when: "after" },
    "late effect": { delayMs: lateEffectMs(duration), when: "before" },
  };
  return { ...(effects[fault] ?? { error: Number(fault) }), times: Math.min(max, faultCounts[duration]) };
}

/** Short timeouts for a fault that never ends, long ones for a fault that does. */
export function timeoutsFor(duration: FaultDuration): Record<"request" | "upload" | "queue", string> {
  const limit = duration === "permanently" ? "4s" : "5m";
  return { request: limit, upload: limit, queue: limit };
}

/** A fault with its remaining applications. */
export type AppliedFault = Pick<Fault, "left" | "rule">;

/** Answers in place of the service, which never receives the call. */
const replacementAnswers: Partial<Record<EmptyAnswer, Answer>> = {
  "204": { status: 204, headers: {}, body: "" },
  "no body": { status: 200, headers: { "content-type": "application/json" }, body: "" },
  "HTML page": { status: 200, headers: { "content-type": "text/html" }, body: "<html>Log in.</html>" },
};

/** Changes to the answer of a call that took effect. */
const changedBodies: Partial<Record<EmptyAnswer, (body: string) => string>> = {
  "{}": () => "{}",
  "null members": (body) =>
    body === ""
      ? "null"
      : JSON.stringify(JSON.parse(body), (key, value: unknown) => (key === "" ? value : null)),
};

/** Makes the proxy apply the fault. */
export function addEmptyAnswer(
  proxy: InterceptingProxy,
  operation: string,
  name: EmptyAnswer,
  duration: FaultDuration,
): AppliedFault {
  const times = faultCounts[duration];
  const applied = { left: times, rule: { operation, times } };
  const applies = (call: string) => call === operation && applied.left > 0 && applied.left-- > 0;
  const own = replacementAnswers[name];
  const change = changedBodies[name];
  proxy.between = {
    before: ({ name: call }) => (own && applies(call) ? own : undefined),
    after: ({ name: call }, answer) =>
      change && answer.status < 300 && applies(call) ? { ...answer, body: change(answer.body) } : answer,
  };
  return applied;
}

/** Whether the answer is also how the call succeeds, so that it cannot be recognised as a fault. */
export const isRegularSuccess = (call: string, name: EmptyAnswer): boolean =>
  name === "204" && ["CancelJob", "DeleteAsset"].includes(call);
