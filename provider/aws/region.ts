import type { ConnectionSettings } from "./settings";

/** The region that is set, or that the profile of the shared files names. */
export async function resolveRegion(settings: ConnectionSettings): Promise<string | undefined> {
  if (settings.region) return settings.region;
  // Most have set it, and load nothing for it.
  const { loadSharedConfigFiles } = await import("@smithy/shared-ini-file-loader");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(settings.sharedConfigFile && { configFilepath: settings.sharedConfigFile }),
    ...(settings.sharedCredentialsFile && { filepath: settings.sharedCredentialsFile }),
  });
  const profile = settings.profile ?? process.env.AWS_PROFILE ?? process.env.AWS_DEFAULT_PROFILE ?? "default";
  return configFile[profile]?.region ?? credentialsFile[profile]?.region;
}
