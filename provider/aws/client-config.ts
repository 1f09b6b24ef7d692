/** What clients of all services are made with. */
import { credentialsFor } from "./credentials";
import type { Agents } from "./network";
import type { ConnectionSettings } from "./settings";

/** Milliseconds; a call that takes longer is broken off and, where that is safe, made again. */
const connectionTimeout = 10_000;
const requestTimeout = 60_000;

export interface ClientConfig {
  region?: string;
  profile?: string;
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
  credentials: ReturnType<typeof credentialsFor>;
  requestHandler: object;
  customUserAgent: [string, string][];
}

/** Region, identity and network; the endpoint is each service's own. */
export function clientConfig(settings: ConnectionSettings, agents: Agents): ClientConfig {
  const { region, profile, useFipsEndpoint, useDualstackEndpoint } = settings;
  return {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
    ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    credentials: credentialsFor(settings, agents),
    requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true, ...agents },
    customUserAgent: [["pulumi-dataexchange", ""]],
  };
}
