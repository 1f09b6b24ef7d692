/** A module of its own, because most programs need no profile, and a bundle loads only its own modules by name. */
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

/** Settings of the connection; `settings.ts`, which has all, imports this module. */
interface SharedFiles {
  readonly profile?: string;
  readonly sharedConfigFile?: string;
  readonly sharedCredentialsFile?: string;
}

interface OtherCredentials {
  readonly accessKey?: string;
  readonly assumeRoleWithWebIdentity?: unknown;
}

/** The profile that the environment names. An empty variable counts as absent, as for every setting of `settings.ts`. */
export const profileOfEnvironment = (): string | undefined =>
  process.env.AWS_PROFILE || process.env.AWS_DEFAULT_PROFILE || undefined;

/** The paths of the shared files, in the words of the SDK. It has defaults for those that are not set. */
export const sharedFiles = ({ sharedConfigFile, sharedCredentialsFile }: SharedFiles) => ({
  ...(sharedConfigFile && { configFilepath: sharedConfigFile }),
  ...(sharedCredentialsFile && { filepath: sharedCredentialsFile }),
});

/** The region of the profile in the shared files. */
export async function regionOfProfile(settings: SharedFiles): Promise<string | undefined> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles(sharedFiles(settings));
  const profile = settings.profile ?? profileOfEnvironment() ?? "default";
  return configFile[profile]?.region ?? credentialsFile[profile]?.region;
}

/**
 * Whether the shared files have other profiles than the one whose credentials are used. Files that cannot be read count as
 * empty.
 */
export async function lacksProfile(settings: SharedFiles & OtherCredentials): Promise<boolean> {
  const { profile, accessKey, assumeRoleWithWebIdentity } = settings;
  if (profile === undefined || accessKey || assumeRoleWithWebIdentity) return false;
  const { configFile, credentialsFile } = await loadSharedConfigFiles(sharedFiles(settings));
  const names = [configFile, credentialsFile].flatMap(Object.keys);
  return names.length > 0 && !names.includes(profile);
}
