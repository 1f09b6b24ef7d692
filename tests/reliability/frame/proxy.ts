/** A proxy to the service that can answer in its place or change its answer. */
import type { IncomingHttpHeaders } from "node:http";

import type { Answer, TestServer } from "../../harness/http";
import { forwardRequest, startProxy } from "../../harness/http";
import { callOf } from "./calls";

export interface Call {
  readonly name: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Sends another GET request to the service, with this call's headers. */
  readonly ask: (path: string) => Promise<Answer>;
}

export interface Between {
  /** An answer in the service's place, before the service receives the call. */
  before?(call: Call): Answer | undefined | Promise<Answer | undefined>;
  /** Replaces the answer of the service. */
  after?(call: Call, answer: Answer): Answer | Promise<Answer>;
}

export interface Proxy extends TestServer {
  /** The received calls, in order. */
  readonly calls: readonly string[];
  between: Between;
}

export async function openProxy(to: string, between: Between = {}): Promise<Proxy> {
  const calls: string[] = [];
  const server = await startProxy(async (request, body) => {
    const { headers, url } = request;
    const ask = (path: string) => forwardRequest(to, { method: "GET", headers, url: path });
    const call: Call = { name: callOf(request), url: new URL(url!, to), headers, ask };
    calls.push(call.name);
    const own = await proxy.between.before?.(call);
    if (own) return own;
    const answer = await forwardRequest(to, request, body);
    return (await proxy.between.after?.(call, answer)) ?? answer;
  });
  const proxy: Proxy = { ...server, calls, between };
  return proxy;
}
