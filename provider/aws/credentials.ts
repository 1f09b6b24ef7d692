import {
  fromEnv,
  fromTemporaryCredentials,
  fromTokenFile,
  fromWebToken,
} from "@aws-sdk/credential-providers";

import { parseDuration } from "../../lib/duration";
import { profileCredentials } from "./profile";
import type { Agents } from "./network";
import { quietSdk } from "../../lib/quiet-sdk";
import type { ConnectionSettings, RoleToAssume } from "./settings";

type Credentials = ReturnType<typeof profileCredentials>;

const sessionName = "pulumi-dataexchange";

/** Keys, then a profile or whatever the environment offers, and on top of that every role in turn. */
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
    throw new Error(
      "Of aws:accessKey and aws:secretKey only one is set in the stack's config; they go together.",
    );
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
  // Keys of the environment come before AWS_PROFILE, as for @pulumi/aws; the SDK's own chain turns the two round.
  if (!profile && process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY) return fromEnv();
  return profileCredentials(settings, clientConfig);
}

function seconds(duration: string | undefined): number | undefined {
  const milliseconds = duration === undefined ? undefined : parseDuration(duration);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
