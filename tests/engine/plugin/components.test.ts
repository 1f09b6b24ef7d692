/** The components in the plugin's own process. Programs declare them as other languages do: by a token and arguments. */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";

import { DataSet } from "@pulumi/aws/dataexchange/dataSet";
import * as aws from "@pulumi/aws/provider";
import type { ComponentResourceOptions, Inputs, Output, Resource } from "@pulumi/pulumi";
import { ComponentResource, asset, log, runtime, secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import * as dataexchange from "../../../components";
import { codesIn } from "../../../lib/message-code";
import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import { PluginProvider } from "../../harness/attached-plugin";
import { withPlugin } from "../../harness/plugin-settings";
import { openApi } from "../../harness/programs";
import { credentials, useProgramEnvironment } from "../../harness/service";
import { awsPlugin, expectSuccess, messageCodes, valuesOf } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";

const settings = withPlugin(awsPlugin);

type Members = Record<string, Output<unknown>>;
type Declare = (type: string, name: string, args: Inputs, opts?: ComponentResourceOptions) => Members;

/** Declares a component as a program in Node.js does. */
const local: Declare = (type, name, args, opts) => {
  const Component = (dataexchange as Record<string, unknown>)[type] as new (...args: unknown[]) => unknown;
  return new Component(name, args, opts) as Members;
};

interface ComponentSpec {
  isComponent?: boolean;
  properties: Record<string, unknown>;
  required: string[];
}
const { resources } = JSON.parse(readFileSync("schema.json", "utf8")) as {
  resources: Record<string, ComponentSpec>;
};
const types = Object.keys(resources).filter((token) => resources[token]!.isComponent);

class Remote extends ComponentResource {
  constructor(type: string, name: string, args: Inputs, opts?: ComponentResourceOptions) {
    const token = `dataexchange:index:${type}`;
    const names = Object.keys(resources[token]?.properties ?? {});
    super(
      token,
      name,
      { ...Object.fromEntries(names.map((name) => [name, undefined])), ...args },
      opts,
      true,
    );
  }
}

/** Declares a component as a generated SDK does, for the plugin to construct. */
const remote: Declare = (...args) => new Remote(...args) as unknown as Members;

describe("the components of the plugin on the engine", function () {
  this.timeout("10m");
  const shared = useStack({}, settings);
  useProgramEnvironment(shared);
  before(() => {
    const { workspace } = shared.stack.stack;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: shared.service.endpoint };
  });
  afterEach(() => shared.stack.clearState());

  // The debug messages of the SDK in the program contain secrets. Those that remain in the events are of the plugin's process.
  const { debug } = log;
  before(() => Object.assign(log, { debug: () => Promise.resolve() }));
  after(() => Object.assign(log, { debug }));

  const started = () =>
    shared.service.local.requests.filter(({ operation }) => operation === "StartJob").length;

  it("are those of programs in Node.js, which take over each other's state", async () => {
    const { stack, service } = shared;
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    await service.createBucket("target");
    const revisions = {
      s3: await service.createEmptyRevision(),
      files: await service.createEmptyRevision(),
      api: await service.createEmptyRevision("API_GATEWAY_API"),
      redshift: await service.createEmptyRevision("REDSHIFT_DATA_SHARE"),
      tables: await service.createEmptyRevision("LAKE_FORMATION_DATA_PERMISSION"),
      access: await service.createEmptyRevision("S3_DATA_ACCESS"),
    };
    const given = await service.importAsset(await service.createEmptyRevision(), "source", "a.csv");
    await service.finalizeRevision(given);
    const entitled = await service.createEntitledDataSet(given.dataSetId);
    const { Revisions } = await service.dataExchange.listDataSetRevisions({ DataSetId: entitled });
    const latest = Revisions![0]!.Id!;
    const dataSetId = await service.createDataSet();
    const share =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const api = { restApiId: "abc123", stageName: "v1", apiName: "quotes", apiKey: "planted-api-key" };
    const program =
      (declare: Declare): PulumiFn =>
      () => {
        const made: Record<string, Members> = {};
        const add = (type: string, name: string, args: Inputs) => (made[type] = declare(type, name, args));
        const { assets } = add("S3Import", "s3", { ...revisions.s3, bucket: "source" });
        add("FileUpload", "files", { ...revisions.files, paths: ["LICENSE"] });
        const specification = new asset.StringAsset(openApi("quotes"));
        add("ApiAsset", "api", { ...revisions.api, ...api, specification });
        add("RedshiftImport", "sales", { ...revisions.redshift, dataShareArns: [share], authorize: true });
        const table = [{ tagKey: "share", tagValues: ["yes"] }];
        add("LakeFormationImport", "tables", { ...revisions.tables, table });
        add("S3DataAccess", "access", { ...revisions.access, bucket: "source", keyPrefixes: ["a"] });
        add("S3Export", "copies", { ...revisions.s3, bucket: "target", assets, key: "c/${Asset.Name}" });
        const keyPattern = "${Revision.Id}/${Asset.Name}";
        const future = { dataSetId: entitled, revisionIds: [latest], autoExport: true, keyPattern };
        add("RevisionExport", "future", { ...future, bucket: "target" });
        add("SignedDownload", "download", given);
        add("RevisionPublication", "publication", {
          ...{ dataSetId, previousRevisions: "delete" },
          contents: { notes: { files: { paths: ["LICENSE"] } }, two: { s3: { bucket: "source" } } },
        });
        const values = Object.entries(made).map(([type, component]) => {
          const names = Object.keys(resources[`dataexchange:index:${type}`]!.properties);
          return [type, Object.fromEntries(names.map((name) => [name, component[name]]))] as const;
        });
        return Promise.resolve(Object.fromEntries(values));
      };
    const components = async () =>
      (await stack.resources(""))
        .filter(({ type }) => types.includes(type))
        .sort((a, b) => (a.urn < b.urn ? -1 : 1))
        .map(({ urn, outputs, ...rest }) => [
          urn,
          withoutCiphertexts(outputs),
          "inputs" in rest && rest.inputs,
        ]);
    const total = 34;

    expect(expectSuccess(await stack.preview(program(remote))).changes).to.deep.equal({ create: total });
    expectSuccess(await stack.up(program(local)));
    const [before, ran] = [await components(), started()];
    const taken = expectSuccess(await stack.up(program(remote)));
    expect([taken.changes, started()]).to.deep.equal([{ same: total }, ran]);
    expect(JSON.stringify(taken.events)).to.not.contain("planted-api-key").and.not.contain("X-Amz-Signature");
    expect(await components()).to.deep.equal(before);
    // Children share the provider of their component.
    expect(await stack.resources("pulumi:providers:dataexchange")).to.have.length(1);
    expect(new Set((await stack.resources("")).map(({ type }) => type))).to.include.all.keys(types);
    for (const [type, values] of Object.entries(valuesOf(taken))) {
      const present = Object.entries(values as object).filter(([, value]) => value !== undefined);
      expect(Object.fromEntries(present), type).to.include.all.keys(
        resources[`dataexchange:index:${type}`]!.required,
      );
    }
    expect(await stack.readState())
      .to.not.contain("planted-api-key")
      .and.not.contain("X-Amz-Signature")
      .and.not.contain(tmpdir());

    expect(expectSuccess(await stack.preview(program(remote))).changes).to.deep.equal({ same: total });
    await service.putObject("source", "b.csv", "3");
    const { changes, outputs } = expectSuccess(await stack.up(program(remote)));
    expect(changes).to.deep.equal({ same: total - 6, update: 4, replace: 2 });
    const { revisionId } = outputs.RevisionPublication!.value as Record<string, string>;
    expect(await service.listAssetNames({ dataSetId, revisionId: revisionId! })).to.deep.equal([
      ...["LICENSE", "a.csv", "b.csv"],
    ]);
    const [now, again] = [await components(), started()];

    // The host of dynamic providers needs its code in the states that the plugin has written since.
    const returned = expectSuccess(await stack.up(program(local)));
    expect([returned.changes, started()]).to.deep.equal([{ same: total - 5, update: 5 }, again]);
    expect(await components()).to.deep.equal(now);
    expectSuccess(await stack.up(program(remote)));
    expectSuccess(await stack.destroy());
    expect(started()).to.equal(again);
    expect(await service.listAssetNames(revisions.s3)).to.deep.equal([]);
    expect(await listStoredResources(service)).to.deep.equal([]);
  });

  it("use the explicit providers that they are given, and keep secrets", async () => {
    const { stack, service } = shared;
    const europe = service.connect("eu-west-1");
    const dataSetId = await service.createDataSet("S3_SNAPSHOT", europe);
    const ids = { dataSetId, revisionId: await service.createRevision(dataSetId, europe) };
    await service.createBucket("europe", { "planted-key.csv": "1", "b.csv": "2" });
    const { endpoint } = service;
    const endpoints = [{ dataexchange: endpoint, s3: endpoint, sts: endpoint }];
    const keys = { accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey };
    const place = { region: "eu-west-1", ...keys };
    const program: PulumiFn = () => {
      const own = new PluginProvider("own", { ...place, endpoints: JSON.stringify(endpoints) });
      const ofAws = new aws.Provider("aws", { ...place, endpoints });
      const listed = { bucket: "europe", keys: secret(["planted-key.csv"]) };
      const imported = remote("S3Import", "s3", { ...ids, ...listed }, { provider: own });
      const publication = remote(
        "RevisionPublication",
        "publication",
        { dataSetId, contents: { all: { s3: { bucket: "europe", include: ["b*"] } } } },
        { providers: { aws: ofAws }, dependsOn: [imported as unknown as Resource] },
      );
      const args = {
        ...ids,
        include: imported.jobIds!.apply(() => ["*.csv", "*.zip"]),
      };
      const call = runtime.invokeOutput("dataexchange:index:getAssets", args, { provider: own });
      const found = call.apply((result) => (result as { assetIds: string[] }).assetIds.length);
      return Promise.resolve({ objects: imported.objects, finalized: publication.finalized, found });
    };
    const preview = expectSuccess(await stack.preview(program));
    expect(preview.changes).to.deep.equal({ create: 10 });
    expect(messageCodes(preview)).to.include("objects-may-differ");
    expect(preview.stdout).to.match(/found *: \[unknown\]/);
    const up = expectSuccess(await stack.up(program));
    expect(messageCodes(up)).to.include("unused-pattern");
    expect(valuesOf(up)).to.deep.include({ finalized: true, found: 1 });
    const regions = (await stack.resources(""))
      .filter(({ outputs }) => outputs?.region !== undefined)
      .map(({ outputs }) => outputs.region);
    expect(regions).to.deep.equal(Array.from(regions, () => "eu-west-1"));
    expect(regions.length).to.be.greaterThan(4);
    const state = await stack.readState();
    expect(state).to.not.contain(credentials.secretAccessKey).and.not.contain("planted-key");
    const next = expectSuccess(await stack.preview(program));
    expect(next.changes).to.deep.equal({ same: 10 });
    expect(messageCodes(next)).to.not.include("objects-may-differ");
    const processes = new Set(
      (await stack.resources(":JobSet")).map((one) => String((one as { provider?: string }).provider)),
    );
    expect(processes.size).to.equal(2);
    expectSuccess(await stack.destroy());
  });

  it("refuse autoExport for a data set that the program declares, once its id is known", async () => {
    const { stack } = shared;
    const program = (isExported: boolean): PulumiFn => {
      const description = { assetType: "S3_SNAPSHOT", name: "own", description: "daily prices" };
      return () => {
        const { id: dataSetId } = new DataSet("own", description);
        if (isExported) remote("RevisionExport", "later", { dataSetId, bucket: "target", autoExport: true });
        return Promise.resolve();
      };
    };
    expect(messageCodes(await stack.preview(program(true)))).to.deep.equal([]);
    expectSuccess(await stack.up(program(false)));
    expect(messageCodes(await stack.preview(program(true)))).to.include("data-set-not-entitled");
    expectSuccess(await stack.destroy());
  });

  it("fail with the sentence of the component, and without its secrets", async () => {
    const { stack, service } = shared;
    const ids = await service.createEmptyRevision();
    await service.createBucket("failing", { "a.csv": "1" });
    const program =
      (type: string, args: Inputs): PulumiFn =>
      () => {
        remote("S3Import", "good", { ...ids, bucket: "failing" });
        remote(type, "bad", args);
        return Promise.resolve();
      };
    for (const [type, args, code] of [
      ["S3Import", { ...ids, bucket: "failing", keys: [] }, "nothing-selected"],
      ["S3Import", { ...ids, bucket: secret("planted-nowhere") }, "no-such-bucket"],
      ["S3Import", { ...ids, bucket: "failing", keys: ["missing.csv"] }, "job-failed"],
      ["RevisionPublication", { ...ids, contents: {} }, "no-contents"],
      ["NoComponent", {}, "unknown-resource-type"],
    ] as const) {
      const failed = await stack.up(program(type, args));
      expect(failed.error, code).to.be.an("error");
      // The other component may not be complete yet.
      const codes = messageCodes(failed).filter((one) => one !== "run-ended");
      expect(new Set(codes), code).to.deep.equal(new Set([code]));
      expect(failed.stdout + failed.stderr).to.not.contain("connection is closing");
      expect(failed.stdout + failed.stderr).to.not.contain("planted-nowhere");
      const errors = failed.events.flatMap(({ diagnosticEvent: one }) =>
        one?.severity === "error" ? [one.message] : [],
      );
      expect(errors.filter((message) => codesIn(message).includes(code))).to.have.length(1);
      expect(errors.filter((message) => /prematurely/.test(message))).to.deep.equal([]);
    }
  });
});

/** Each encryption of a value is another text. */
const withoutCiphertexts = (outputs: object): unknown =>
  JSON.parse(JSON.stringify(outputs, (key, value: unknown) => (key === "ciphertext" ? "" : value)));
