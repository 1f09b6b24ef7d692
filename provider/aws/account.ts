/** A module of its own, because it is loaded only if accounts are compared, and a bundle loads only its own modules by name. */
import type { STSClientConfig } from "@aws-sdk/client-sts";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** The id of the account that the credentials belong to. */
export async function requestAccount(config: STSClientConfig): Promise<string> {
  const client = new STSClient(config);
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (!Account) throw new Error("STS GetCallerIdentity answered without an account");
    return Account;
  } finally {
    client.destroy();
  }
}
