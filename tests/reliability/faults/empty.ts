/** Answers without what the API promises, given in the service's place or made of what the service gave. */
import type { Fault } from "../../../emulator";
import type { Answer } from "../../harness/http";
import type { Proxy } from "../frame/proxy";
import type { Duration, EmptyName } from "./faults";
import { strikes } from "./faults";

/** What counts the strikes of a fault. */
export type Planted = Pick<Fault, "left" | "rule">;

/** The service never sees a call that something on the way answers. */
const inItsPlace: Partial<Record<EmptyName, Answer>> = {
  "204": { status: 204, headers: {}, body: "" },
  "no body": { status: 200, headers: { "content-type": "application/json" }, body: "" },
  "HTML page": {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html><body>Log in to the network to go on.</body></html>",
  },
};

/** The call takes effect, and its answer loses what matters. */
const spoilt: Partial<Record<EmptyName, (body: string) => string>> = {
  "{}": () => "{}",
  "null members": (body) =>
    body === ""
      ? "null"
      : JSON.stringify(JSON.parse(body), (key, value: unknown) => (key === "" ? value : null)),
};

/** Plants the fault in the way to the service. */
export function plantEmpty(proxy: Proxy, operation: string, name: EmptyName, duration: Duration): Planted {
  const times = strikes[duration];
  const planted = { left: times, rule: { operation, times } };
  const strike = (call: string) => call === operation && planted.left > 0 && planted.left-- > 0;
  const own = inItsPlace[name];
  const change = spoilt[name];
  proxy.between = {
    before: ({ name: call }) => (own && strike(call) ? own : undefined),
    after: ({ name: call }, answer) =>
      change && answer.status < 300 && strike(call) ? { ...answer, body: change(answer.body) } : answer,
  };
  return planted;
}

/** These answers are how the calls succeed, so nobody can tell that the service did not give them. */
export const isSuccess = (call: string, name: EmptyName): boolean =>
  name === "204" && ["CancelJob", "DeleteAsset"].includes(call);
