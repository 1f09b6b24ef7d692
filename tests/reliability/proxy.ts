/** A proxy to the service that can answer in its place or change its answer. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import type { Answer, TestServer } from "../harness/http";
import { forwardRequest, startProxy } from "../harness/http";

export interface Call {
  readonly name: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Sends another GET request to the service, with this call's headers. */
  readonly ask: (path: string) => Promise<Answer>;
}

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

export async function openInterceptingProxy(
  to: string,
  between: Interceptor = {},
): Promise<InterceptingProxy> {
  const calls: string[] = [];
  const server = await startProxy(async (request, body) => {
    const { headers, url } = request;
    const ask = (path: string) => forwardRequest(to, { method: "GET", headers, url: path });
    const call: Call = { name: callName(request), url: new URL(url!, to), headers, ask };
    calls.push(call.name);
    const own = await proxy.between.before?.(call);
    if (own) return own;
    const answer = await forwardRequest(to, request, body);
    return (await proxy.between.after?.(call, answer)) ?? answer;
  });
  const proxy: InterceptingProxy = { ...server, calls, between };
  return proxy;
}

const callNames: readonly [method: string, path: RegExp, name: string][] = [
  ["POST", /^\/v1\/jobs$/, "CreateJob"],
  ["PATCH", /^\/v1\/jobs\/\w+$/, "StartJob"],
  ["DELETE", /^\/v1\/jobs\/\w+$/, "CancelJob"],
  ["GET", /^\/v1\/jobs\/\w+$/, "GetJob"],
  ["GET", /^\/v1\/jobs$/, "ListJobs"],
  ["GET", /^\/v1\/data-sets\/\w+\/revisions\/\w+\/assets$/, "ListRevisionAssets"],
  ["DELETE", /^\/v1\/data-sets\/\w+\/revisions\/\w+\/assets\/\w+$/, "DeleteAsset"],
  ["GET", /^\/v1\/data-sets\/\w+\/revisions\/\w+$/, "GetRevision"],
  ["PATCH", /^\/v1\/data-sets\/\w+\/revisions\/\w+$/, "UpdateRevision"],
  ["PUT", /./, "UploadBody"],
];

function callName({ method, url }: Pick<IncomingMessage, "method" | "url">): string {
  const [path] = url!.split("?");
  return callNames.find(([of, at]) => of === method && at.test(path!))?.[2] ?? `${method} ${path}`;
}

/** Whether a call is held before or after its effect. */
export type Side = "before" | "after";

export interface Boundary {
  readonly call: string;
  /** Which of the run's calls of that name: the first is 1. */
  readonly nth: number;
  readonly side: Side;
}

export interface HeldCall {
  readonly reached: Promise<void>;
  /** Lets the call go on. */
  readonly release: () => void;
  /** Breaks the connection; a call that is held before its effect never takes effect. */
  readonly drop: () => void;
}

export interface CallGate extends TestServer {
  /** The received calls, in order. */
  readonly calls: readonly string[];
  /** Holds a future call. */
  hold(boundary: Boundary): HeldCall;
  /** Resolves at the next call. */
  next(): Promise<void>;
}

interface HoldRequest extends Boundary {
  readonly onReached: () => void;
  /** Whether the call continues. */
  readonly released: Promise<boolean>;
}

export async function openCallGate(to: string): Promise<CallGate> {
  const calls: string[] = [];
  let holding: HoldRequest | undefined;
  let waiting: (() => void)[] = [];

  const mayContinue = async (call: string, nth: number, side: Side): Promise<boolean> => {
    if (holding?.call !== call || holding.nth !== nth || holding.side !== side) return true;
    holding.onReached();
    return holding.released;
  };
  const server = await startProxy(async (request, body) => {
    const call = callName(request);
    calls.push(call);
    const nth = calls.filter((other) => other === call).length;
    for (const tell of waiting.splice(0)) tell();
    if (!(await mayContinue(call, nth, "before"))) return undefined;
    const answer = await forwardRequest(to, request, body);
    return (await mayContinue(call, nth, "after")) ? answer : undefined;
  });
  return {
    ...server,
    calls,
    hold(boundary) {
      let decide!: (released: boolean) => void;
      let onReached!: () => void;
      const released = new Promise<boolean>((resolve) => (decide = resolve));
      const reached = new Promise<void>((resolve) => (onReached = resolve));
      holding = { ...boundary, onReached, released };
      return { reached, release: () => decide(true), drop: () => decide(false) };
    },
    next: () => new Promise((resolve) => (waiting = [...waiting, resolve])),
  };
}
