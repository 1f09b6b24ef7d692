/** Errors in the arguments of components, and settings that come from their provider. */
import { output, ResourceError, secret, type Resource } from "@pulumi/pulumi";
import { expect } from "chai";

import { reportInputErrors } from "../../components/support/input-error";
import { componentConnection, type JobSettings } from "../../components/support/job-settings";
import { resolveInput } from "../../components/support/resolve-input";
import { InputError } from "../../lib/input-error";
import { failureOf } from "../simulation/samples";

describe("reportInputErrors", () => {
  const report = (error: Error, args: object = {}) =>
    failureOf(reportInputErrors({} as Resource, "S3Import", args, () => Promise.reject(error)));
  const emptyKeys = new InputError("nothing-selected", "keys is empty.");

  it("reports the message with its code and without a stack", async () => {
    const error = await report(emptyKeys);
    expect(ResourceError.isInstance(error)).to.equal(true);
    expect(error.stack).to.equal(undefined);
    expect(error.message).to.equal("S3Import: keys is empty. [nothing-selected]");
  });

  it("keeps the message when the SDK prefixes it", async () => {
    const error = await report(emptyKeys);
    const { message } = error;
    error.message = `error serializing property "outputs": ${message}`;
    expect(error.message).to.equal(message);
  });

  it("replaces secrets, wherever they are in the arguments", async () => {
    const args = {
      bucket: secret("hidden-bucket"),
      contents: { part: { keys: [secret("k1"), "plain.csv"], prefix: output("known") } },
      later: new Promise(() => undefined),
    };
    const sentence = 's3://hidden-bucket/known: "k1" and "plain.csv" look the same.';
    expect((await report(new InputError("code", sentence), args)).message).to.equal(
      'S3Import: s3://[secret]/known: [secret] and "plain.csv" look the same. [code]',
    );
  });

  it("replaces what is derived from arguments only if one of them is secret", async () => {
    const error = new InputError("code", 'the key "NAME" is used twice.', ["NAME"]);
    const masked = "S3Import: the key [secret] is used twice. [code]";
    expect((await report(error, { assets: secret([{ name: "name" }]) })).message).to.equal(masked);
    expect((await report(error, { assets: [{ name: "name" }] })).message).to.include('"NAME"');
  });

  it("replaces a secret that is part of a quoted text", async () => {
    const error = new InputError("code", `${JSON.stringify('to/a "b" c')} appears twice.`);
    const { message } = await report(error, { prefix: secret('a "b" c') });
    expect(message).to.equal('S3Import: "to/[secret]" appears twice. [code]');
  });

  it("reports the error of arguments that contain themselves", async () => {
    const triggers: Record<string, unknown> = { name: secret("keys") };
    triggers["self"] = [triggers];
    expect((await report(emptyKeys, { triggers })).message).to.equal(
      "S3Import: [secret] is empty. [nothing-selected]",
    );
  });

  it("rethrows other errors unchanged", async () => {
    const error = new TypeError("a fault");
    expect(await report(error)).to.equal(error);
    expect(error.stack).to.be.a("string");
  });
});

describe("componentConnection", () => {
  /** A component whose provider of @pulumi/aws has these inputs. The provider keeps lists as JSON. */
  const withProvider = (inputs?: { region?: string; profile?: string; assumeRoles?: object[] }): Resource => {
    const { region, profile, assumeRoles } = inputs ?? {};
    const provider = {
      region: output(region),
      profile: output(profile),
      assumeRoles: output(assumeRoles && JSON.stringify(assumeRoles)),
    };
    return { getProvider: () => inputs && provider } as unknown as Resource;
  };
  const connection = async (component: Resource, args: JobSettings = {}) => {
    const resolved = await resolveInput(componentConnection(component, args));
    return JSON.parse(JSON.stringify(resolved.known && resolved.value)) as unknown;
  };
  const role = { roleArn: "arn:aws:iam::222222222222:role/publisher", externalId: "x1", duration: "30m" };

  it("uses region and identity of the provider of @pulumi/aws", async () => {
    const europe = withProvider({ region: "eu-west-1", assumeRoles: [{ ...role, policy: "{}" }] });
    expect(await connection(europe)).to.deep.equal({ region: "eu-west-1", assumeRole: role });
    const other = withProvider({ region: "eu-west-1", profile: "other" });
    expect(await connection(other)).to.deep.equal({ region: "eu-west-1", profile: "other" });
  });

  it("is empty without a provider, and if the provider sets nothing", async () => {
    const ofOtherVersion = { getProvider: () => ({}) } as unknown as Resource;
    for (const component of [withProvider(), withProvider({}), ofOtherVersion])
      expect(await connection(component)).to.deep.equal({});
  });

  it("prefers the args, and ignores the provider's identity if they set a profile or a role", async () => {
    const europe = withProvider({ region: "eu-west-1", profile: "other", assumeRoles: [role] });
    const mine = { region: "us-east-2", profile: "mine" };
    expect(await connection(europe, mine)).to.deep.equal(mine);
    const asRole = { assumeRole: { roleArn: "arn:aws:iam::333333333333:role/reader" } };
    expect(await connection(europe, asRole)).to.deep.equal({ region: "eu-west-1", ...asRole });
  });

  it("uses no role of a provider that assumes a chain of roles", async () => {
    const chained = withProvider({ region: "eu-west-1", assumeRoles: [role, role] });
    expect(await connection(chained)).to.deep.equal({ region: "eu-west-1" });
  });
});
