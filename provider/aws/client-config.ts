/** Configuration of the clients of all AWS services. */
import type { STSClientConfig } from "@aws-sdk/client-sts";

import { credentialsFor } from "./credentials";
import type { Agents } from "./proxies";
import type { ConnectionSettings } from "./settings";

/** In milliseconds. A call that takes longer is aborted, and repeated if that is safe. */
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

/** Region, credentials and network. The endpoint differs by service. */
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

/** The settings do not allow the account of the credentials. */
class AccountNotAllowedError extends Error {
  override readonly name = "AccountNotAllowedError";
  readonly remedy = "Use credentials of another account, or correct the setting.";
}

/**
 * Returns a function that resolves if `allowedAccountIds` and `forbiddenAccountIds` allow the account of the
 * credentials. It requests the account once, and again after a failure.
 */
export function accountCheck(settings: ConnectionSettings, config: STSClientConfig): () => Promise<void> {
  const { allowedAccountIds = [], forbiddenAccountIds = [], skipRequestingAccountId } = settings;
  if (allowedAccountIds.length === 0 && forbiddenAccountIds.length === 0) return () => Promise.resolve();
  let account: Promise<string | undefined> | undefined;
  return async () => {
    account ??= skipRequestingAccountId ? Promise.resolve(undefined) : accountOf(config);
    account.catch(() => (account = undefined));
    const id = await account;
    if (id === undefined) {
      // As in @pulumi/aws, an unknown account is neither allowed nor forbidden.
      if (allowedAccountIds.length === 0) return;
      throw new AccountNotAllowedError(
        "the setting allowedAccountIds is set, but the account is unknown because skipRequestingAccountId is set",
      );
    }
    if (forbiddenAccountIds.includes(id)) {
      throw new AccountNotAllowedError(
        `AWS account ID not allowed: ${id}, which the setting forbiddenAccountIds names`,
      );
    }
    if (allowedAccountIds.length > 0 && !allowedAccountIds.includes(id)) {
      throw new AccountNotAllowedError(
        `AWS account ID not allowed: ${id}; the setting allowedAccountIds names ${allowedAccountIds.join(", ")}`,
      );
    }
  };
}

const accountOf = async (config: STSClientConfig): Promise<string> =>
  (await import("./account.js")).requestAccount(config);
