/** A way to the service that may answer in its place, or answer something else than the service did. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { request } from "node:http";

import type { SmallServer } from "../../harness/http";
import { serve, textOf } from "../../harness/http";
import { callOf } from "./calls";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly name: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Sends a request of one's own to the service, signed as this one. */
  readonly ask: (path: string) => Promise<Answer>;
}

/** What stands between a process and the service. */
export interface Between {
  /** An answer in the service's place, before the service sees the call. */
  before?(call: Call): Answer | undefined | Promise<Answer | undefined>;
  /** Another answer than the service gave. */
  after?(call: Call, answer: Answer): Answer | Promise<Answer>;
}

export interface Proxy extends SmallServer {
  /** The calls that came, in order. */
  readonly calls: readonly string[];
  between: Between;
}

export async function openProxy(to: string, between: Between = {}): Promise<Proxy> {
  const calls: string[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await textOf(incoming);
    const { headers, url } = incoming;
    const ask = (path: string) => forward({ method: "GET", headers, url: path }, "", to);
    const call: Call = { name: callOf(incoming), url: new URL(url!, to), headers, ask };
    calls.push(call.name);
    const own = await proxy.between.before?.(call);
    const served = own ?? (await forward(incoming, body, to));
    const told = own ?? (await proxy.between.after?.(call, served)) ?? served;
    const headersTold = { ...told.headers };
    // The body may be another one, and comes in one piece.
    for (const name of ["content-length", "transfer-encoding"]) delete headersTold[name];
    outgoing.writeHead(told.status, headersTold).end(told.body);
  };
  const server = await serve((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const proxy: Proxy = { ...server, calls, between };
  return proxy;
}

export async function forward(
  { method, headers, url }: Pick<IncomingMessage, "method" | "headers" | "url">,
  body: string,
  to: string,
): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(new URL(url!, to), { method, headers }, resolve).on("error", reject).end(body);
  });
  return { status: response.statusCode!, headers: response.headers, body: await textOf(response) };
}
