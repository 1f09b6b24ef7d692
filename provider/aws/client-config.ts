/** What clients of all services are made with. */
import type { STSClientConfig } from "@aws-sdk/client-sts";

import { credentialsFor } from "./credentials";
import type { Agents } from "./proxies";
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

/** `aws:allowedAccountIds` and `aws:forbiddenAccountIds`, which `@pulumi/aws` compares with the account before any call. */

/** The credentials are of an account that the stack's config rules out. */
class AccountNotAllowed extends Error {
  override readonly name = "AccountNotAllowed";
  readonly remedy = "Use credentials of another account, or correct the stack's config.";
}

/** Ends when the account is allowed, and asks STS for it once. */
export function accountCheck(
  settings: ConnectionSettings,
  config: STSClientConfig,
): (signal?: AbortSignal) => Promise<void> {
  const { allowedAccountIds = [], forbiddenAccountIds = [], skipRequestingAccountId } = settings;
  if (allowedAccountIds.length === 0 && forbiddenAccountIds.length === 0) return () => Promise.resolve();
  let account: Promise<string | undefined> | undefined;
  return async () => {
    account ??= skipRequestingAccountId ? Promise.resolve(undefined) : askAccount(config);
    // A call that failed is made again by who comes next.
    account.catch(() => (account = undefined));
    const id = await account;
    if (id === undefined) {
      // As for @pulumi/aws: an account that is not known is not among the allowed ones, nor among the forbidden ones.
      if (allowedAccountIds.length === 0) return;
      throw new AccountNotAllowed(
        "aws:allowedAccountIds is set, and the account is not known because aws:skipRequestingAccountId is set, too",
      );
    }
    if (forbiddenAccountIds.includes(id)) {
      throw new AccountNotAllowed(`AWS account ID not allowed: ${id}, which aws:forbiddenAccountIds names`);
    }
    if (allowedAccountIds.length > 0 && !allowedAccountIds.includes(id)) {
      throw new AccountNotAllowed(
        `AWS account ID not allowed: ${id}; aws:allowedAccountIds names ${allowedAccountIds.join(", ")}`,
      );
    }
  };
}

async function askAccount(config: STSClientConfig): Promise<string> {
  // Loaded by those alone who compare accounts.
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient(config);
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (!Account) throw new Error("STS GetCallerIdentity answered without an account");
    return Account;
  } finally {
    client.destroy();
  }
}
