/** Agents that choose a proxy for each request; loaded where a proxy is set. */
import * as http from "node:http";
import * as https from "node:https";
import { BlockList, isIP } from "node:net";
import type { Duplex } from "node:stream";

import type { AgentConnectOpts } from "agent-base";
import { Agent } from "agent-base";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

import { CodedError } from "../../lib/message-code";
import type { Agents } from "./network";
import type { ConnectionSettings } from "./settings";

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

  /** The base would read it from a stack trace, several of which for each request cost more than the request. */
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
 * Whether a host is reached without the proxy. As in Go, and so for `@pulumi/aws`: never through it to this machine;
 * `example.com` is the host and all below it, `.example.com` all below it; an address may be a range such as
 * `10.0.0.0/8`; a port may follow; `*` is every host. No library takes this list from anywhere but the environment.
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
