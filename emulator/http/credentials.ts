/** Who may call, and for which account. */
import { isAbsolute, resolve } from "node:path";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

/** A key pair that is let in. */
export interface Credential {
  /** Id of the key. */
  readonly accessKeyId: string;
  /** The secret that requests are signed with. */
  readonly secretAccessKey: string;
  /** 12 digits. Default: the local service's own account. */
  readonly accountId?: string;
}

export class Credentials {
  readonly #known: ReadonlyMap<string, Credential> | undefined;

  /** Without a list every key is let in. */
  constructor(
    private readonly ownAccount = "000000000000",
    list?: readonly Credential[],
  ) {
    needAccount(ownAccount, "accountId");
    for (const { accessKeyId, secretAccessKey, accountId } of list ?? []) {
      if (!accessKeyId || !secretAccessKey) throw new TypeError("credentials need key id and secret.");
      if (accountId !== undefined) needAccount(accountId, `credentials: the accountId of ${accessKeyId}`);
    }
    this.#known = list && new Map(list.map((credential) => [credential.accessKeyId, credential]));
  }

  /** Whether signatures are to be verified. */
  get closed(): boolean {
    return this.#known !== undefined;
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#known?.get(accessKeyId)?.secretAccessKey;
  }

  accountOf(accessKeyId: string): string {
    const named = this.#known?.get(accessKeyId)?.accountId;
    return named ?? (isAccount(accessKeyId) ? accessKeyId : this.ownAccount);
  }
}

const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

function needAccount(text: string, name: string): void {
  if (!isAccount(text)) throw new TypeError(`${name} must be 12 digits, not ${text}.`);
}

/**
 * The key pairs of a file in the form of `~/.aws/credentials`; each profile may have an `aws_account_id`. Throws a
 * TypeError when the file holds none.
 *
 * @param file Path of the file, from the working directory.
 */
export async function readCredentials(file: string): Promise<Credential[]> {
  const filepath = isAbsolute(file) ? file : resolve(file);
  const { credentialsFile } = await loadSharedConfigFiles({
    filepath,
    configFilepath: filepath,
    ignoreCache: true,
  });
  const found = Object.values(credentialsFile).flatMap((profile) => {
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = profile;
    const accountId = profile["aws_account_id"];
    return accessKeyId && secretAccessKey ? [{ accessKeyId, secretAccessKey, accountId }] : [];
  });
  if (found.length === 0) {
    throw new TypeError(`${file} holds no profile with aws_access_key_id and aws_secret_access_key.`);
  }
  return found;
}
