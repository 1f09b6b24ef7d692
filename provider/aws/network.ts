/** HTTP agents for a proxy or a CA bundle. */
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { rootCertificates } from "node:tls";

import { CodedError } from "../../lib/message-code";
import type { Agents } from "./proxies";
import type { ConnectionSettings } from "./settings";

export interface Network {
  /** For AWS. A bundle replaces Node's root certificates, as in all AWS tools, but not NODE_EXTRA_CA_CERTS. */
  aws: Agents;
  /** For any server. Node's root certificates are trusted as well. */
  anywhere: Agents;
}

type NetworkSettings = Pick<ConnectionSettings, "httpProxy" | "httpsProxy" | "noProxy" | "customCaBundle">;

const networks = new Map<string, Promise<Network>>();

/** Equal settings share one network and its connections. */
export function openNetwork(settings: NetworkSettings): Promise<Network> {
  const { httpProxy, httpsProxy, noProxy, customCaBundle } = settings;
  // Most machines have no proxy and no bundle, so no module is loaded for them.
  if (!httpProxy && !httpsProxy && !customCaBundle) return Promise.resolve({ aws: {}, anywhere: {} });
  const key = JSON.stringify([httpProxy, httpsProxy, noProxy, customCaBundle]);
  const network = networks.get(key) ?? createNetwork(settings);
  networks.set(key, network);
  network.catch(() => networks.delete(key));
  return network;
}

async function createNetwork({ customCaBundle, ...proxies }: NetworkSettings): Promise<Network> {
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

/** Plain agents of Node. */
function ownAgents(_noProxies: object, ca: string[] | undefined): Agents {
  const options = { keepAlive: true, ...(ca && { ca }) };
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}

/** Throws a CodedError if the file has no certificates. */
export function readBundle(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = `The file of the setting customCaBundle or AWS_CA_BUNDLE cannot be read: ${(error as Error).message}.`;
    throw new CodedError({ code: "unreadable-ca-bundle", text: reason }, { cause: error });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  const reason = `The file ${path} of the setting customCaBundle or AWS_CA_BUNDLE does not contain a PEM certificate.`;
  throw new CodedError({ code: "invalid-ca-bundle", text: reason });
}

/** Node adds these to its root certificates, but not to the certificates that an agent names. */
function extraCertificates(): string[] {
  const path = process.env.NODE_EXTRA_CA_CERTS;
  if (!path) return [];
  try {
    return [readFileSync(path, "utf8")];
  } catch {
    // Node prints a warning at its start.
    return [];
  }
}
