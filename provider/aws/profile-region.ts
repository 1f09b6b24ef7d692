/** A module of its own, because it is loaded only if no region is set, and a bundle loads only its own modules by name. */
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

interface ProfileSettings {
  readonly profile?: string;
  readonly sharedConfigFile?: string;
  readonly sharedCredentialsFile?: string;
}

/** The region of the profile in the shared files. */
export async function regionOfProfile(settings: ProfileSettings): Promise<string | undefined> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(settings.sharedConfigFile && { configFilepath: settings.sharedConfigFile }),
    ...(settings.sharedCredentialsFile && { filepath: settings.sharedCredentialsFile }),
  });
  const profile = settings.profile ?? process.env.AWS_PROFILE ?? process.env.AWS_DEFAULT_PROFILE ?? "default";
  return configFile[profile]?.region ?? credentialsFile[profile]?.region;
}
