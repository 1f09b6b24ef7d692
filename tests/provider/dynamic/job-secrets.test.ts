import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { Job } from "../../../index";
import { secretOutputs } from "../../../provider/state-contract";
import { apiImport, s3Import } from "../support/samples";

interface Registration {
  getAdditionalsecretoutputsList(): string[];
}

type Register = (request: Registration, callback: unknown) => unknown;

/** The secret outputs that the engine is told of when a Job is declared. */
async function secretsOf(args: unknown, opts: pulumi.CustomResourceOptions = {}): Promise<string[]> {
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "job1", state: inputs as object }),
    call: () => ({}),
  });
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  let told: string[] = [];
  monitor.registerResource = (request, callback) => {
    told = request.getAdditionalsecretoutputsList();
    return register(request, callback);
  };
  const { urn } = new Job("prices", args as JobArgs, opts);
  await new Promise((resolve) => urn.apply(resolve));
  return told;
}

const repeating = ["assets", "errors"];

describe("outputs that repeat details", () => {
  const { details } = s3Import();
  const secretKey = {
    importAssetsFromS3: {
      ...details.importAssetsFromS3,
      assetSources: [{ bucket: "source", key: pulumi.secret("k") }],
    },
  };
  const late = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 20));

  for (const [what, given] of [
    ["a member is a secret", secretKey],
    ["a member is one that comes late", late(secretKey)],
    ["the whole details are one", pulumi.secret(details)],
  ] as const) {
    it(`are secret where ${what}`, async () => {
      const told = await secretsOf({ ...s3Import(), details: given });
      expect(told).to.have.members([...secretOutputs, ...repeating]);
    });
  }

  for (const [what, args] of [
    ["the API key alone is a secret, which they do not repeat", apiImport({ apiKey: pulumi.secret("KEY") })],
    ["another argument holds the secret", s3Import(["k"], { triggers: [pulumi.secret("t")] })],
  ] as const) {
    it(`are in clear where ${what}`, async () => {
      expect(await secretsOf(args)).to.have.members(secretOutputs);
    });
  }

  it("are secret beside what the program calls so", async () => {
    expect(
      await secretsOf({ ...s3Import(), details: secretKey }, { additionalSecretOutputs: ["arn"] }),
    ).to.have.members([...secretOutputs, ...repeating, "arn"]);
  });
});
