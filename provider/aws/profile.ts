/** The credentials of a profile in the shared files, and what is wrong with them where there are none. */
import { fromIni, fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

import { redact } from "../../lib/redact";
import type { ConnectionSettings } from "./settings";

type Credentials = ReturnType<typeof fromNodeProviderChain>;
type Section = Readonly<Record<string, string | undefined>>;

/** The credentials of a profile are wrong, and only the shared files can put it right. */
class ProfileError extends Error {
  override readonly name = "CredentialsProviderError";
}

/** The profile that the environment names, as for `@pulumi/aws`. */
const ofEnvironment = (): string | undefined =>
  process.env.AWS_PROFILE || process.env.AWS_DEFAULT_PROFILE || undefined;

/** Settings with which a profile says where its credentials come from. */
const sources =
  /^(aws_access_key_id|credential_process|credential_source|login_session|role_arn|source_profile|sso_\w+|web_identity_token_file)$/;

/**
 * The profile's own credentials where it is named or has some; whatever else the machine offers otherwise. The SDK's
 * chain would go on to the next source when a profile is misspelt or its process fails, and say that there are none.
 */
export function profileCredentials(settings: ConnectionSettings, clientConfig: object): Credentials {
  const files = {
    ...(settings.sharedConfigFile && { configFilepath: settings.sharedConfigFile }),
    ...(settings.sharedCredentialsFile && { filepath: settings.sharedCredentialsFile }),
  };
  const named = settings.profile ?? ofEnvironment();
  const profile = named ?? "default";
  const own = fromIni({ profile, ...files, clientConfig });
  const any = fromNodeProviderChain({ ...files, clientConfig });
  return async (options) => {
    const section = await sectionOf(profile, files);
    if (named !== undefined && !section) throw missing(named, settings);
    const hasSource = Object.keys(section ?? {}).some((name) => sources.test(name));
    // Who sets a profile for Pulumi wants no other credentials, such as the machine's own.
    if (settings.profile === undefined && !hasSource) return any(options);
    try {
      return await own(options);
    } catch (error) {
      throw explained(error as Error, profile, section);
    }
  };
}

async function sectionOf(profile: string, files: object): Promise<Section | undefined> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles(files);
  const sections = [configFile[profile], credentialsFile[profile]].filter((section) => section !== undefined);
  return sections.length > 0 ? (Object.assign({}, ...sections) as Section) : undefined;
}

function missing(profile: string, settings: ConnectionSettings): Error {
  const by = settings.profile === undefined ? ", which AWS_PROFILE names," : "";
  const config = settings.sharedConfigFile ?? process.env.AWS_CONFIG_FILE ?? "~/.aws/config";
  const credentials =
    settings.sharedCredentialsFile ?? process.env.AWS_SHARED_CREDENTIALS_FILE ?? "~/.aws/credentials";
  return new ProfileError(`the profile ${profile}${by} is neither in ${config} nor in ${credentials}`);
}

/** Characters of what a process has printed that are shown. */
const mostPrinted = 1_000;

function explained(error: Error, profile: string, section: Section = {}): Error {
  const command = section.credential_process;
  const start = "Command failed: ";
  if (command === undefined || !error.message.startsWith(start)) return error;
  // Node puts the whole command before what it has printed; a command may hold a secret.
  const printed = error.message.slice(start.length).replace(command, "").trim();
  return new ProfileError(
    `the credential_process of the profile ${profile} failed: ` +
      (withoutSecrets(printed).slice(0, mostPrinted) || "it printed nothing to its standard error"),
  );
}

/** What follows a word for a secret, and what looks like a key. */
const withoutSecrets = (text: string): string =>
  redact(text)
    .replace(
      /((?:secret|token|password|passwd|pwd|key)\w*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi,
      "$1[secret]",
    )
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, "[secret]");
