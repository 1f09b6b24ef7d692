import {
  fromEnv,
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
  fromWebToken,
} from "@aws-sdk/credential-providers";
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

import { CodedError } from "../../lib/message-code";
import { parseDuration } from "../../lib/duration";
import { quietSdk } from "../../lib/quiet-sdk";
import { redact } from "../../lib/redact";
import { profileOfEnvironment, sharedFiles } from "./profiles";
import type { Agents } from "./proxies";
import type { ConnectionSettings, RoleToAssume } from "./settings";

const sessionName = "pulumi-dataexchange";

/** The keys that are set, or else those of a profile or the environment, and then those of each role in turn. */
export function credentialsFor(settings: ConnectionSettings, agents: Agents = {}): Credentials {
  quietSdk();
  const clientConfig = {
    ...(Object.keys(agents).length > 0 && { requestHandler: agents }),
    ...(settings.region && { region: settings.region }),
    ...(settings.stsEndpoint && { endpoint: settings.stsEndpoint }),
  };
  const assume = (masterCredentials: Credentials, role: RoleToAssume): Credentials =>
    fromTemporaryCredentials({
      masterCredentials,
      clientConfig,
      params: {
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName ?? sessionName,
        ExternalId: role.externalId,
        DurationSeconds: seconds(role.duration),
        Policy: role.policy,
        PolicyArns: role.policyArns?.map((arn) => ({ arn })),
        SourceIdentity: role.sourceIdentity,
        Tags: role.tags && Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
        TransitiveTagKeys: role.transitiveTagKeys,
      },
    });
  return settings.assumeRoles.reduce(assume, ownCredentials(settings, clientConfig));
}

function ownCredentials(settings: ConnectionSettings, clientConfig: object): Credentials {
  const { accessKey, secretKey, token, profile, assumeRoleWithWebIdentity: web } = settings;
  if (!accessKey !== !secretKey) {
    const text = "Only one of the settings accessKey and secretKey is set; set both or neither.";
    throw new CodedError({ code: "incomplete-keys", text });
  }
  if (accessKey && secretKey) {
    const keys = {
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      ...(token && { sessionToken: token }),
    };
    return () => Promise.resolve(keys);
  }
  if (web) {
    const {
      roleArn,
      sessionName: roleSessionName = sessionName,
      webIdentityToken,
      webIdentityTokenFile,
      duration,
    } = web;
    const role = { roleArn, roleSessionName, durationSeconds: seconds(duration), clientConfig };
    return webIdentityToken
      ? fromWebToken({ ...role, webIdentityToken })
      : fromTokenFile({ ...role, webIdentityTokenFile });
  }
  // As in @pulumi/aws, keys of the environment come before AWS_PROFILE. In the SDK's chain they come after it.
  if (!profile && process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY) return fromEnv();
  return profileCredentials(settings, clientConfig);
}

function seconds(duration: string | undefined): number | undefined {
  const milliseconds = duration === undefined ? undefined : parseDuration(duration);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

type Credentials = ReturnType<typeof fromNodeProviderChain>;
type Section = Readonly<Record<string, string | undefined>>;

/** The shared files have no usable credentials for the profile. */
class ProfileError extends Error {
  override readonly name = "CredentialsProviderError";
}

/** Settings of a profile that name a source of credentials. */
const sources =
  /^(aws_access_key_id|credential_process|credential_source|login_session|role_arn|source_profile|sso_\w+|web_identity_token_file)$/;

/**
 * The credentials of the profile if it is named or has a source of them, and otherwise those of the machine. The SDK's
 * chain would continue with the next source if a profile is misspelt or its process fails, and report only that there are
 * no credentials.
 */
function profileCredentials(settings: ConnectionSettings, clientConfig: object): Credentials {
  const files = sharedFiles(settings);
  const named = settings.profile ?? profileOfEnvironment();
  const profile = named ?? "default";
  const own = fromIni({ profile, ...files, clientConfig });
  const any = fromNodeProviderChain({ ...files, clientConfig });
  return async (options) => {
    const section = await readSection(profile, files);
    if (named !== undefined && !section) throw missing(named, settings);
    const hasSource = Object.keys(section ?? {}).some((name) => sources.test(name));
    // A profile that is set in Pulumi excludes other credentials, such as those of the machine.
    if (settings.profile === undefined && !hasSource) return any(options);
    try {
      return await own(options);
    } catch (error) {
      throw explained(error as Error, profile, section);
    }
  };
}

async function readSection(profile: string, files: object): Promise<Section | undefined> {
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

/** In characters. */
const maxPrintedLength = 1_000;

function explained(error: Error, profile: string, section: Section = {}): Error {
  const command = section.credential_process;
  const start = "Command failed: ";
  if (command === undefined || !error.message.startsWith(start)) return error;
  // Node writes the command before its output, and the command can contain a secret.
  const printed = error.message.slice(start.length).replace(command, "").trim();
  return new ProfileError(
    `the credential_process of the profile ${profile} failed: ` +
      (redactOutput(printed).slice(0, maxPrintedLength) || "it printed nothing to its standard error"),
  );
}

/** Removes values after words such as "token", and texts that look like access keys. */
const redactOutput = (text: string): string =>
  redact(text)
    .replace(
      /((?:secret|token|password|passwd|pwd|key)\w*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi,
      "$1[secret]",
    )
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, "[secret]");
