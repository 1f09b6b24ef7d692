/** Proxies to the service: one answers in its place or changes its answer, one holds a call. */
import type { IncomingHttpHeaders } from "node:http";

import type { Answer, TestServer } from "../harness/http";
import { callName, forwardRequest, startProxy } from "../harness/http";

export interface Call {
  readonly name: string;
  /** Which of the calls of that name: the first is 1. */
  readonly nth: number;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Sends another GET request to the service, with this call's headers. */
  readonly ask: (path: string) => Promise<Answer>;
}

/** A hook that throws breaks the connection. */
export interface Interceptor {
  /** An answer in the service's place, before the service receives the call. */
  before?(call: Call): Answer | undefined | Promise<Answer | undefined>;
  /** Replaces the answer of the service. */
  after?(call: Call, answer: Answer): Answer | Promise<Answer>;
}

export interface InterceptingProxy extends TestServer {
  /** The received calls, in order. */
  readonly calls: readonly string[];
  between: Interceptor;
}

export async function openInterceptingProxy(to: string): Promise<InterceptingProxy> {
  const calls: string[] = [];
  const server = await startProxy(async (request, body) => {
    const { headers, url } = request;
    const name = callName(request);
    calls.push(name);
    const nth = calls.filter((other) => other === name).length;
    const ask = (path: string) => forwardRequest(to, { method: "GET", headers, url: path });
    const call: Call = { name, nth, url: new URL(url!, to), headers, ask };
    const own = await proxy.between.before?.(call);
    if (own) return own;
    const answer = await forwardRequest(to, request, body);
    return (await proxy.between.after?.(call, answer)) ?? answer;
  });
  const proxy: InterceptingProxy = { ...server, calls, between: {} };
  return proxy;
}

export interface Boundary {
  readonly call: string;
  /** Which of the run's calls of that name: the first is 1. */
  readonly nth: number;
  /** Whether the call is held before or after its effect. */
  readonly side: "before" | "after";
}

export const boundaryText = ({ call, nth, side }: Boundary): string =>
  `${side} ${call}${nth > 1 ? ` ${nth}` : ""}`;

export interface HeldCall {
  readonly reached: Promise<Call>;
  /** Lets the call continue. */
  readonly release: () => void;
  /** Breaks the connection; a call that is held before its effect never takes effect. */
  readonly drop: () => void;
}

export interface CallGate extends InterceptingProxy {
  /** Holds a future call. */
  hold(boundary: Boundary): HeldCall;
  /** Resolves at the next call. */
  next(): Promise<void>;
}

export async function openCallGate(to: string): Promise<CallGate> {
  let holding: (Boundary & { readonly pass: (call: Call) => Promise<void> }) | undefined;
  let waiting: (() => void)[] = [];
  const passes = async (call: Call, side: Boundary["side"]): Promise<void> => {
    const { name, nth } = call;
    if (holding?.call === name && holding.nth === nth && holding.side === side) await holding.pass(call);
  };
  const proxy = await openInterceptingProxy(to);
  proxy.between = {
    async before(call) {
      for (const resolve of waiting.splice(0)) resolve();
      await passes(call, "before");
      return undefined;
    },
    async after(call, answer) {
      await passes(call, "after");
      return answer;
    },
  };
  return Object.assign(proxy, {
    hold(boundary: Boundary) {
      let onReached!: (call: Call) => void;
      let release!: () => void;
      let drop!: () => void;
      const reached = new Promise<Call>((resolve) => (onReached = resolve));
      const released = new Promise<void>((resolve, reject) => {
        release = resolve;
        drop = () => reject(new Error("The call was dropped."));
      });
      released.catch(() => undefined);
      const pass = (call: Call) => {
        onReached(call);
        return released;
      };
      holding = { ...boundary, pass };
      return { reached, release, drop };
    },
    next: () => new Promise<void>((resolve) => (waiting = [...waiting, resolve])),
  });
}
