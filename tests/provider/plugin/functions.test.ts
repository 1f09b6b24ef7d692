import { readFileSync } from "node:fs";

import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import type { ServiceDataSet } from "../../../service-model/job";
import { useAwsEnvironment } from "../../harness/environment";
import { CallError, TestPlugin } from "../../simulation/plugin";
import { dataSetId, failureOf, revisionId, s3Import } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { secret, unknown } from "./samples";

interface ObjectSpec {
  properties: Record<string, unknown>;
  required?: string[];
}
const { functions } = JSON.parse(readFileSync("schema.json", "utf8")) as {
  functions: Record<string, { inputs: ObjectSpec; outputs: ObjectSpec }>;
};

const jobId = "j".repeat(32);
const dataSet: ServiceDataSet = {
  ...{ id: dataSetId, arn: "arn", name: "Daily prices", description: "", assetType: "S3_SNAPSHOT" },
  ...{ origin: "OWNED", createdAt: "2026-01-05T10:00:00.000Z" },
};
const revision = {
  ...{ id: revisionId, arn: "arn", comment: "January", finalized: true, createdAt: dataSet.createdAt },
};
const asset = (id: string, name: string) => ({
  ...{ id, name, revisionId, arn: `arn:${id}`, assetType: "S3_SNAPSHOT", createdAt: 0 },
});

/** A plugin whose service has a data set, a revision, two assets and a job. */
async function start() {
  const service = new Simulator({ jobId: () => jobId });
  service.dataSets.push(dataSet);
  service.revisions.push(revision);
  service.assets.push(asset("b", "b.csv") as never, asset("a", "a.csv") as never);
  service.newJob(s3Import());
  return TestPlugin.start(service);
}

/** Arguments that each function accepts. */
const valid: Record<string, Record<string, unknown>> = {
  getDataSet: { name: dataSet.name, origin: "OWNED" },
  getJob: { jobId },
  getRevision: { dataSetId, revisionId },
  getLatestRevision: { dataSetId },
  getAssets: { dataSetId, revisionId, include: ["*.csv"], exclude: ["z*"] },
};
const connection = {
  ...{ region: "us-east-1", profile: "p", endpoint: "https://dx.test" },
  assumeRole: { roleArn: "arn:aws:iam::111111111111:role/reader" },
};

describe("the functions of the plugin", () => {
  useAwsEnvironment();

  for (const [token, { inputs, outputs }] of Object.entries(functions)) {
    const name = token.slice(token.lastIndexOf(":") + 1);
    it(`include ${name}, with the arguments and results of the schema`, async () => {
      await using plugin = await start();
      const args = { ...valid[name], ...connection };
      expect(args).to.have.all.keys(Object.keys(inputs.properties));
      const { result, failures } = await plugin.invoke(name, args);
      expect(failures).to.deep.equal([]);
      expect(Object.keys(outputs.properties)).to.include.members(Object.keys(result));
      expect(result).to.include.all.keys(outputs.required!);
      expect((await plugin.invoke(name, args)).result).to.deep.equal(result);
    });

    it(`refuse ${name} without its required arguments, with paths`, async () => {
      await using plugin = await start();
      const { result, failures } = await plugin.invoke(name, { include: null, other: 1 });
      expect(failures.map(([path]) => path)).to.have.members([...inputs.required!, "other"]);
      const codes = failures.flatMap(([, reason]) => codesIn(reason));
      expect(codes).to.have.members([...inputs.required!.map(() => "missing-member"), "unknown-member"]);
      expect([result, plugin.service.story()]).to.deep.equal([{}, []]);
    });
  }

  it("treat null as absent, and return assets in one order", async () => {
    await using plugin = await start();
    plugin.service.assets.push(asset("c", ".c.csv") as never);
    const { result } = await plugin.invoke("getAssets", { dataSetId, include: null, region: null });
    expect(result).to.deep.include({ revisionId, assetIds: ["c", "a", "b"] });
  });

  it("return secrets if an argument is secret, and hide it in messages", async () => {
    await using plugin = await start();
    const { result } = await plugin.invoke("getLatestRevision", { dataSetId: secret(dataSetId) });
    expect(result).to.deep.include({ dataSetId: secret(dataSetId), finalized: secret(true) });
    const other = { name: secret("planted-name") };
    const { message } = await failureOf(plugin.invoke("getDataSet", other), CallError);
    expect(codesIn(message)).to.deep.equal(["data-set-not-found"]);
    expect(message).to.not.contain("planted-name");
    // The reason why a pattern is invalid repeats a part of it.
    const pattern = { dataSetId: secret(dataSetId), include: ["x".repeat(65_537)] };
    const error = await failureOf(plugin.invoke("getAssets", pattern), CallError);
    expect(codesIn(error.message)).to.deep.equal(["invalid-pattern"]);
    expect(error.message).to.not.contain("exceeds");
  });

  it("call nothing while an argument is unknown", async () => {
    await using plugin = await start();
    for (const args of [
      { dataSetId: unknown },
      { dataSetId, include: [unknown] },
      { dataSetId, assumeRole: { roleArn: unknown } },
    ]) {
      expect(await plugin.invoke("getAssets", args)).to.deep.equal({ result: {}, failures: [] });
    }
    expect(plugin.service.story()).to.deep.equal([]);
  });

  it("fail with the sentence of the service", async () => {
    await using plugin = await start();
    const { message } = await failureOf(plugin.invoke("getJob", { jobId: "k".repeat(32) }), CallError);
    expect(message).to.match(/^getJob: /);
    expect(codesIn(message)).to.deep.equal(["job-not-found"]);
  });

  it("fail without a region, and if they do not exist", async () => {
    await using plugin = await start();
    await plugin.configure({});
    const { message } = await failureOf(plugin.invoke("getJob", { jobId }), CallError);
    expect(codesIn(message)).to.deep.equal(["missing-region"]);
    const missing = await failureOf(plugin.invoke("constructor", {}), CallError);
    expect(codesIn(missing.message)).to.deep.equal(["unknown-function"]);
  });

  it("repeat a call that is throttled", async () => {
    await using plugin = await start();
    plugin.service.fail("getJob", "throttled");
    expect((await plugin.invoke("getJob", { jobId })).result).to.include({ jobId });
    expect(plugin.service.count("getJob")).to.equal(2);
  });

  it("end when the run is cancelled", async () => {
    await using plugin = await start();
    plugin.service.getJob = () => new Promise(() => undefined);
    const call = failureOf(plugin.invoke("getJob", { jobId }), CallError);
    await plugin.cancel();
    expect(codesIn((await call).message)).to.deep.equal(["run-cancelled"]);
  });
});
