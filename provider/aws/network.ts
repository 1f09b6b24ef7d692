/** The way to AWS through a proxy, or past an authority that the network itself has put in front of it. */
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { rootCertificates } from "node:tls";

import { CodedError } from "../../lib/message-code";
import type { ConnectionSettings } from "./settings";

/** What a request is sent with; nothing where Node's own agents do. */
export interface Agents {
  httpAgent?: http.Agent;
  httpsAgent?: https.Agent;
}

export interface Network {
  /** To AWS. A bundle takes the place of Node's own authorities, as with all tools of AWS, but not of those added to them. */
  aws: Agents;
  /** To any server, where Node's own authorities are trusted as well. */
  anywhere: Agents;
}

type NetworkSettings = Pick<ConnectionSettings, "httpProxy" | "httpsProxy" | "noProxy" | "customCaBundle">;

const networks = new Map<string, Promise<Network>>();

/** The same settings share one network, and so its connections. */
export function networkOf(settings: NetworkSettings): Promise<Network> {
  const { httpProxy, httpsProxy, noProxy, customCaBundle } = settings;
  // Most machines need neither, and load nothing for it.
  if (!httpProxy && !httpsProxy && !customCaBundle) return Promise.resolve({ aws: {}, anywhere: {} });
  const key = JSON.stringify([httpProxy, httpsProxy, noProxy, customCaBundle]);
  const network = networks.get(key) ?? openNetwork(settings);
  networks.set(key, network);
  network.catch(() => networks.delete(key));
  return network;
}

async function openNetwork({ customCaBundle, ...proxies }: NetworkSettings): Promise<Network> {
  const agents =
    proxies.httpProxy || proxies.httpsProxy ? (await import("./proxies.js")).proxyAgents : ownAgents;
  if (!customCaBundle) {
    const all = agents(proxies, undefined);
    return { aws: all, anywhere: all };
  }
  const named = [readBundle(customCaBundle), ...extraCertificates()];
  return {
    aws: agents(proxies, named),
    anywhere: agents(proxies, [...named, ...rootCertificates]),
  };
}

/** Node's own, which need not choose for each request. */
function ownAgents(_noProxies: object, ca: string[] | undefined): Agents {
  const options = { keepAlive: true, ...(ca && { ca }) };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}

function readBundle(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = `The file of aws:customCaBundle or AWS_CA_BUNDLE cannot be read: ${(error as Error).message}.`;
    throw new CodedError({ code: "unreadable-ca-bundle", text: reason }, { cause: error });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  const reason = `The file ${path} of aws:customCaBundle or AWS_CA_BUNDLE does not contain a PEM certificate.`;
  throw new CodedError({ code: "invalid-ca-bundle", text: reason });
}

/** Node adds these to its own authorities, but not to those that a request names. */
function extraCertificates(): string[] {
  const path = process.env.NODE_EXTRA_CA_CERTS;
  if (!path) return [];
  try {
    return [readFileSync(path, "utf8")];
  } catch {
    // Node itself has warned of it.
    return [];
  }
}
