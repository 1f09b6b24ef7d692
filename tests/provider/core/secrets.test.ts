import { expect } from "chai";

import { deleteLeftoversInState } from "../../../provider/core/delete-assets";
import { host } from "../../simulation/host";
import { failureOf, s3Import, unfinishedOf, upload } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

describe("the provider, if the details of a job hold a secret", () => {
  const key = "planted-key.csv";
  const facts = { message: `No ${key} in source.` };
  const secret = s3Import([key], { __secret: true, onDelete: "deleteAssets" });
  const scene = () => {
    const service = new Simulator();
    const process = host(service);
    const warnings: string[] = [];
    process.dependencies.reporter.warn = ({ text }) => warnings.push(text);
    const leave = async (state: object) => {
      const { id, outputs } = await host(service).create(secret);
      const dependencies = { ...process.dependencies, service };
      await deleteLeftoversInState(dependencies, { id, outputs: { ...outputs, ...state } });
    };
    return { service, process, warnings, leave };
  };
  const messageOf = async (work: Promise<unknown>) => (await failureOf(work)).message;

  for (const operation of ["createJob", "startJob"] as const)
    it(`masks it in the message of a failed ${operation}`, async () => {
      const { service, process } = scene();
      service.fail(operation, "invalid", { facts });
      expect(await messageOf(process.create(secret))).to.contain("No [secret] in [secret].");
    });

  it("masks it in the message of a refused upload", async () => {
    const { service, process } = scene();
    service.fail("put", "other", { facts: { message: "No prices.csv." } });
    const message = await messageOf(process.create(upload("x", { __secret: true })));
    expect(message).to.contain("No [secret].");
  });

  it("masks it in the message of a failed resumption", async () => {
    const { service, process } = scene();
    service.fail("startJob", "invalid", { facts });
    const { id, outputs } = await unfinishedOf(process.create(secret));
    service.fail("getJob", "invalid", { facts });
    expect(await messageOf(process.update(id, outputs, secret))).to.contain("No [secret] in [secret].");
  });

  for (const [what, operation] of [
    ["read", "getJob"],
    ["delete", "deleteAsset"],
  ] as const)
    it(`masks it in the message of a failed ${what}`, async () => {
      const { service, process } = scene();
      const { id, outputs } = await host(service).create(secret);
      service.fail(operation, "invalid", { facts });
      expect(await messageOf(process[what](id, outputs))).to.contain("No [secret] in [secret].");
    });

  it("masks it in the warning about assets that may not be deleted", async () => {
    const { service, warnings, leave } = scene();
    service.fail("deleteAsset", "accessDenied", { facts });
    await leave({});
    expect(warnings.join()).to.contain("No [secret] in [secret].");
  });

  it("names the assets of a shared job by their ids", async () => {
    const { service, warnings, leave } = scene();
    await leave({ __shared: true });
    expect(warnings.join()).to.contain(service.assets[0]!.id).and.not.contain(key);
  });

  it("marks the state only as long as the program gives a secret", async () => {
    const { process } = scene();
    const { id, outputs } = await process.create(secret);
    const plain = await process.update(id, outputs, s3Import([key]));
    expect([outputs, plain].map(({ __secret }) => __secret)).to.deep.equal([true, undefined]);
  });
});
