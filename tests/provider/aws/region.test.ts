import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { resolveRegion } from "../../../provider/aws/settings";
import { useAwsEnvironment } from "../support/environment";

describe("the region", () => {
  const env = useAwsEnvironment();
  let folder: string;
  let sharedConfigFile: string;
  let sharedCredentialsFile: string;

  // The SDK reads a file once in a process, so each test has its own.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "region-test-"));
    [sharedConfigFile, sharedCredentialsFile] = [join(folder, "config"), join(folder, "credentials")];
    await writeFile(
      sharedConfigFile,
      "[default]\nregion = default-1\n\n[profile team]\nregion = team-1\n\n[profile silent]\noutput = json\n",
    );
    await writeFile(
      sharedCredentialsFile,
      "[team]\nregion = other-1\n\n[keys]\nregion = keys-1\naws_access_key_id = A\n",
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = () => ({ assumeRoles: [], sharedConfigFile, sharedCredentialsFile });

  it("is the one that is set, whatever the files say", async () =>
    expect(await resolveRegion({ ...files(), region: "set-1", profile: "team" })).to.equal("set-1"));

  it("is that of the profile, in the config file before the credentials file", async () => {
    expect(await resolveRegion({ ...files(), profile: "team" })).to.equal("team-1");
    expect(await resolveRegion({ ...files(), profile: "keys" })).to.equal("keys-1");
  });

  it("is that of AWS_PROFILE, then of AWS_DEFAULT_PROFILE, then of the default profile", async () => {
    expect(await resolveRegion(files())).to.equal("default-1");
    env.AWS_DEFAULT_PROFILE = "keys";
    expect(await resolveRegion(files())).to.equal("keys-1");
    env.AWS_PROFILE = "team";
    expect(await resolveRegion(files())).to.equal("team-1");
    expect(await resolveRegion({ ...files(), profile: "keys" })).to.equal("keys-1");
  });

  it("is that of the files that the environment names", async () => {
    env.AWS_CONFIG_FILE = sharedConfigFile;
    env.AWS_SHARED_CREDENTIALS_FILE = sharedCredentialsFile;
    expect(await resolveRegion({ assumeRoles: [], profile: "team" })).to.equal("team-1");
    expect(await resolveRegion({ assumeRoles: [], profile: "keys" })).to.equal("keys-1");
  });

  it("is none where nobody names one", async () => {
    expect(await resolveRegion({ ...files(), profile: "silent" })).to.equal(undefined);
    expect(await resolveRegion({ ...files(), profile: "nobody" })).to.equal(undefined);
    const missing = join(folder, "missing");
    expect(
      await resolveRegion({ assumeRoles: [], sharedConfigFile: missing, sharedCredentialsFile: missing }),
    ).to.equal(undefined);
  });
});
