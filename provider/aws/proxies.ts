/** HTTP agents that choose a proxy for each request. Loaded only if a proxy is set. */
import * as http from "node:http";
import * as https from "node:https";
import { BlockList, isIP } from "node:net";
import type { Duplex } from "node:stream";

import type { AgentConnectOpts } from "agent-base";
import { Agent } from "agent-base";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

import { CodedError } from "../../lib/message-code";
import type { ConnectionSettings } from "./settings";

/** Agents of a request. Node's own agents are used where one is absent. */
export interface Agents {
  httpAgent?: http.Agent;
  httpsAgent?: https.Agent;
}

type Proxies = Pick<ConnectionSettings, "httpProxy" | "httpsProxy" | "noProxy">;

export function proxyAgents({ httpProxy, httpsProxy, noProxy }: Proxies, ca: string[] | undefined): Agents {
  const options = { keepAlive: true, ...(ca && { ca }) };
  const plainProxy = proxyAddress(httpProxy);
  const secureProxy = proxyAddress(httpsProxy);
  const plain = plainProxy && new HttpProxyAgent(plainProxy, options);
  const secure = secureProxy && new HttpsProxyAgent(secureProxy, options);
  return {
    httpAgent: new ChoosingAgent(false, options, new http.Agent(options), plain, noProxy),
    httpsAgent: new ChoosingAgent(true, options, new https.Agent(options), secure, noProxy),
  };
}

class ChoosingAgent extends Agent {
  constructor(
    private readonly isSecure: boolean,
    options: https.AgentOptions,
    private readonly direct: http.Agent,
    private readonly proxy: http.Agent | undefined,
    private readonly noProxy: string | undefined,
  ) {
    super(options);
  }

  /** The base class reads this from stack traces, which cost more than the request itself. */
  override isSecureEndpoint(): boolean {
    return this.isSecure;
  }

  override connect(_request: http.ClientRequest, { host, port }: AgentConnectOpts): Duplex | http.Agent {
    return this.proxy && !isDirect(host ?? "", Number(port), this.noProxy) ? this.proxy : this.direct;
  }
}

function proxyAddress(text: string | undefined): URL | undefined {
  if (!text) return undefined;
  const address = text.includes("://") ? text : `http://${text}`;
  if (URL.canParse(address)) {
    const url = new URL(address);
    if (url.protocol === "http:" || url.protocol === "https:") return url;
  }
  const reason = `The proxy ${address.replace(/\/\/.*@/, "//")} is not an HTTP proxy; set one such as http://proxy.example.com:8080.`;
  throw new CodedError({ code: "invalid-proxy", text: reason });
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Whether a host is reached without the proxy, by the rules of Go and so of `@pulumi/aws`. Loopback is always direct.
 * `example.com` matches the host and its subdomains, `.example.com` only its subdomains, `10.0.0.0/8` a range of addresses,
 * `*` every host; a port may follow. Our own code, because libraries read this list from the environment only.
 */
export function isDirect(hostname: string, port: number, noProxy = ""): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || isWithin(loopback, host)) return true;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => covers(entry, host, port));
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const [network, bits] = entry.split("/");
  const family = isIP(network!);
  if (bits !== undefined && family > 0) {
    if (!(Number(bits) <= (family === 6 ? 128 : 32))) return false;
    const list = new BlockList();
    list.addSubnet(network!, Number(bits), family === 6 ? "ipv6" : "ipv4");
    return isWithin(list, host);
  }
  if (isIP(entry)) return entry === host;
  const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const bare = name.replace(/^\[|\]$/g, "").replace(/^\*\./, ".");
  return host === bare || host.endsWith(bare.startsWith(".") ? bare : `.${bare}`);
}

function isWithin(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family > 0 && list.check(host, family === 6 ? "ipv6" : "ipv4");
}
