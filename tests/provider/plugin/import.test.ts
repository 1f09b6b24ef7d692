import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import type { JobInputs } from "../../../provider/core/arguments";
import { jobTypes } from "../../../service-model/job-types";
import { useAwsEnvironment } from "../../harness/environment";
import type { Props } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import {
  apiImport,
  assetId,
  dataSetId,
  existing,
  failureOf,
  revisionId,
  s3Export,
  s3Import,
  tagPolicyImport,
  upload,
  urlExport,
} from "../../simulation/samples";
import { textAsset, urnOf } from "./samples";

const urn = urnOf("Job");

/** A job of each type, as it was created elsewhere. */
const jobs: readonly JobInputs[] = [
  s3Import(["a", "b"]),
  upload("prices"),
  apiImport({ apiKey: "k" }),
  tagPolicyImport(),
  {
    type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
    details: {
      importAssetsFromRedshiftDataShares: {
        ...{ dataSetId, revisionId },
        assetSources: [
          {
            dataShareArn:
              "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales",
          },
        ],
      },
    },
  },
  {
    type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
    details: {
      createS3DataAccessFromS3Bucket: {
        dataSetId,
        revisionId,
        assetSource: { bucket: "source", keyPrefixes: ["a/"] },
      },
    },
  },
  s3Export(["a", "b"]),
  urlExport(),
  {
    type: "EXPORT_REVISIONS_TO_S3",
    details: { exportRevisionsToS3: { dataSetId, revisionDestinations: [{ revisionId, bucket: "target" }] } },
  },
];

/** The program of a job, with settings and secrets that the service does not show. */
const programOf = ({ upload: body, ...inputs }: JobInputs): Props => ({
  ...inputs,
  ...(body && { upload: textAsset(body.text!) }),
  triggers: ["1"],
  timeouts: { run: "1h" },
  onDelete: "deleteAssets",
});

describe("a Job that was created elsewhere", () => {
  useAwsEnvironment();

  /** The job, and a stack that does not contain it. */
  function elsewhere(plugin: TestPlugin, inputs: JobInputs) {
    const { id } = existing(plugin.service, inputs, "COMPLETED");
    return { id, stack: new PluginStack(plugin, urn) };
  }

  it("is of any type here", () =>
    expect(jobs.map(({ type }) => type)).to.have.members(jobTypes.map(({ type }) => type)));

  for (const inputs of jobs) {
    it(`is imported with its program and stays the same: ${inputs.type}`, async () => {
      await using plugin = await TestPlugin.start();
      const { id, stack } = elsewhere(plugin, inputs);
      await stack.import(id, programOf(inputs));
      await stack.up(programOf(inputs));
      await stack.refresh();
      await stack.up(programOf(inputs));
      expect(stack.steps).to.deep.equal(["import", "same", "same"]);
      expect(plugin.service.effects()).to.deep.equal([id]);
    });

    it(`is imported, and the printed program changes nothing: ${inputs.type}`, async () => {
      await using plugin = await TestPlugin.start();
      const { id, stack } = elsewhere(plugin, inputs);
      await stack.import(id);
      const { type, details, region } = stack.stored!.inputs;
      await stack.up({ type, details, region });
      await stack.up(programOf({ ...inputs, ...(inputs.upload && { upload: inputs.upload }) }));
      expect(stack.steps.slice(0, 2)).to.deep.equal(["import", "same"]);
      expect(plugin.service.effects()).to.deep.equal([id, ...plugin.service.effects().slice(1)]);
    });
  }

  it("runs again if its program changes after the import", async () => {
    for (const [inputs, change] of [
      [s3Import(), { triggers: ["2"] }],
      [s3Import(), s3Import(["b"])],
      [upload(), { upload: textAsset("other") }],
      [apiImport({ apiKey: "k" }), { details: apiImport({ apiKey: "other" }).details }],
    ] as const) {
      await using plugin = await TestPlugin.start();
      const { id, stack } = elsewhere(plugin, inputs);
      await stack.import(id, programOf(inputs));
      await stack.up(programOf(inputs));
      await stack.up({ ...programOf(inputs), ...change });
      expect(stack.steps).to.deep.equal(["import", "same", "replace"]);
    }
  });

  it("is imported again in place of the job that has replaced it", async () => {
    await using plugin = await TestPlugin.start();
    const { id, stack } = elsewhere(plugin, s3Import());
    const keep = { ...programOf(s3Import()), onDelete: "retain" };
    await stack.import(id, keep);
    await stack.up({ ...keep, triggers: ["2"] });
    // The end of the run, by which the engine has stored the job.
    await plugin.cancel();
    await stack.import(id, keep);
    await stack.up(keep);
    expect(stack.steps).to.deep.equal(["import", "replace", "import", "same"]);
  });

  it("is not imported unchanged with another body", async () => {
    await using plugin = await TestPlugin.start();
    const { id, stack } = elsewhere(plugin, upload("prices"));
    await stack.import(id, { ...programOf(upload("prices")), upload: textAsset("other") });
    expect(stack.steps).to.deep.equal(["import with changes: upload"]);
  });

  it("needs its body once it changes", async () => {
    await using plugin = await TestPlugin.start();
    const { id, stack } = elsewhere(plugin, upload("prices"));
    await stack.import(id);
    const { type, details } = stack.stored!.inputs as unknown as JobInputs;
    const own = { ...details.importAssetFromSignedUrl, assetName: "other.csv" };
    const { message } = await failureOf(stack.up({ type, details: { importAssetFromSignedUrl: own } }));
    expect(message)
      .to.match(/^upload /)
      .and.satisfy((text: string) => codesIn(text).join() === "missing-member");
    const created = await failureOf(plugin.create(urn, { type, details, region: "us-east-1" }));
    expect(codesIn(created.message)).to.deep.equal(["missing-upload"]);
  });

  it("has its assets deleted by a setting of the program that imported it", async () => {
    await using plugin = await TestPlugin.start();
    const { id, stack } = elsewhere(plugin, s3Import(["a"]));
    await stack.import(id, programOf(s3Import(["a"])));
    await stack.destroy();
    expect(plugin.service.assets).to.deep.equal([]);
  });

  it("is not there", async () => {
    await using plugin = await TestPlugin.start();
    const { message } = await failureOf(new PluginStack(plugin, urn).import(assetId));
    expect(codesIn(message)).to.deep.equal(["job-not-found"]);
  });

  for (const state of ["WAITING", "IN_PROGRESS", "ERROR", "CANCELLED", "TIMED_OUT"] as const) {
    it(`is not imported in the state ${state}, and can be read`, async () => {
      await using plugin = await TestPlugin.start();
      const { id } = existing(plugin.service, s3Import(), state);
      for (const program of [undefined, programOf(s3Import())]) {
        const { message } = await failureOf(new PluginStack(plugin, urn).import(id, program));
        expect(codesIn(message)).to.deep.equal(["not-importable"]);
        expect(message).to.contain(state).and.contain("so it cannot be imported");
      }
      expect((await plugin.read(urn, { id, state: {}, inputs: {} }))!.state).to.include({ state });
    });
  }
});
