import { output, type Resource } from "@pulumi/pulumi";
import { expect } from "chai";

import { componentConnection, type JobSettings } from "../../components/support/job-settings";
import { resolveInput } from "../../components/support/resolve-input";

/** A component below a provider of such inputs, which keeps its lists as JSON. */
const below = (inputs?: { region?: string; profile?: string; assumeRoles?: object[] }): Resource => {
  const { region, profile, assumeRoles } = inputs ?? {};
  const provider = {
    region: output(region),
    profile: output(profile),
    assumeRoles: output(assumeRoles && JSON.stringify(assumeRoles)),
  };
  return { getProvider: () => inputs && provider } as unknown as Resource;
};

const connection = async (component: Resource, args: JobSettings = {}) => {
  const found = await resolveInput(componentConnection(component, args));
  return JSON.parse(JSON.stringify(found.known && found.value)) as unknown;
};

describe("how the jobs of a component are reached", () => {
  const role = { roleArn: "arn:aws:iam::222222222222:role/publisher", externalId: "x1", duration: "30m" };

  it("is said by its provider of @pulumi/aws", async () => {
    const europe = below({ region: "eu-west-1", assumeRoles: [{ ...role, policy: "{}" }] });
    expect(await connection(europe)).to.deep.equal({ region: "eu-west-1", assumeRole: role });
    const other = below({ region: "eu-west-1", profile: "other" });
    expect(await connection(other)).to.deep.equal({ region: "eu-west-1", profile: "other" });
  });

  it("is the stack's own without one, or where it says nothing", async () => {
    expect(await connection(below())).to.deep.equal({});
    expect(await connection(below({}))).to.deep.equal({});
    expect(await connection({ getProvider: () => ({}) } as unknown as Resource)).to.deep.equal({});
  });

  it("is what the args say before all, and they alone say whose it is if they say anything of that", async () => {
    const europe = below({ region: "eu-west-1", profile: "other", assumeRoles: [role] });
    const mine = { region: "us-east-2", profile: "mine" };
    expect(await connection(europe, mine)).to.deep.equal(mine);
    const asRole = { assumeRole: { roleArn: "arn:aws:iam::333333333333:role/reader" } };
    expect(await connection(europe, asRole)).to.deep.equal({ region: "eu-west-1", ...asRole });
  });

  it("is not put together from several roles in turn", async () => {
    expect(await connection(below({ region: "eu-west-1", assumeRoles: [role, role] }))).to.deep.equal({
      region: "eu-west-1",
    });
  });
});
