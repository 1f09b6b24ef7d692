import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { useAwsEnvironment } from "../../harness/environment";
import { deadlineSeconds, useDeadlines } from "../../simulation/deadlines";
import type { Operation } from "../../simulation/faults";
import type { CallError } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import { failureOf, s3Import } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { textAsset, until, urnOf } from "./samples";

const urn = urnOf("Job");
const imported = { ...s3Import(), onDelete: "deleteAssets" };
const uploaded = {
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: {
    importAssetFromSignedUrl: {
      ...{ dataSetId: "d".repeat(32), revisionId: "r".repeat(32), assetName: "prices.csv" },
    },
  },
  upload: textAsset("prices"),
};

/** The calls of a create, in which a run can be stopped, and whether the job is then in state. */
const phases: readonly [what: string, inputs: object, hanging: Operation, nth: number, keeps: boolean][] = [
  ["while the job is created", imported, "createJob", 0, false],
  ["while rivals are listed", imported, "listJobs", 0, false],
  ["in the upload", uploaded, "put", 0, false],
  ["while the job is started", imported, "startJob", 0, true],
  ["while it waits for the job", imported, "listJobs", 1, true],
  ["while the job's assets are listed", imported, "listRevisionAssets", 0, true],
];

describe("a run that is stopped", () => {
  useAwsEnvironment();
  const passDeadlines = useDeadlines();

  for (const [how, code] of [
    ["Cancel", "run-cancelled"],
    ["customTimeouts", "deadline-passed"],
  ] as const) {
    for (const [what, inputs, hanging, nth, keeps] of phases) {
      it(`ends ${what}, by ${how}, and the next run continues with the same job`, async () => {
        const service = new Simulator();
        let hangs = true;
        let calls = 0;
        const call = Reflect.get(service, hanging) as (...args: unknown[]) => Promise<unknown>;
        const intercepted = (...args: unknown[]) =>
          hangs && calls++ >= nth ? new Promise(() => undefined) : Reflect.apply(call, service, args);
        Object.assign(service, { [hanging]: intercepted });
        await using plugin = await TestPlugin.start(service);
        const stack = new PluginStack(plugin, urn);

        const up = failureOf<CallError>(
          stack.up(inputs as never, { timeout: how === "Cancel" ? 0 : deadlineSeconds }),
        );
        await until(() => calls > nth);
        // The call never ends, so the operation ends only because it is stopped.
        if (how === "Cancel") await plugin.cancel();
        else passDeadlines();
        const error = await up;
        expect(codesIn(error.message)).to.include(code);
        expect(error.kept !== undefined).to.equal(keeps);
        hangs = false;

        await stack.up(inputs as never);
        expect(stack.stored!.state).to.include({ state: "COMPLETED" });
        expect(service.effects()).to.have.length(1);
      });
    }
  }

  it("is not stopped by a deadline of another operation", async () => {
    await using plugin = await TestPlugin.start();
    await plugin.create(urn, { ...imported, region: "us-east-1" }, { timeout: deadlineSeconds });
    passDeadlines();
    const other = await plugin.create(urnOf("Job", "other"), { ...s3Import(["b"]), region: "us-east-1" });
    expect(other.state).to.include({ state: "COMPLETED" });
  });

  it("begins nothing more", async () => {
    await using plugin = await TestPlugin.start();
    await plugin.cancel();
    const { message } = await failureOf(plugin.create(urn, { ...imported, region: "us-east-1" }));
    expect(codesIn(message)).to.deep.equal(["run-cancelled"]);
    expect(plugin.service.calls).to.deep.equal([]);
  });

  it("says that the command can be run again, if it was a refresh or a destroy", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(imported);
    await plugin.begin("127.0.0.1:2");
    await plugin.cancel();
    for (const operation of ["read", "delete"] as const) {
      const { message } = await failureOf(plugin[operation](urn, stack.stored!));
      expect(codesIn(message)).to.deep.equal(["run-cancelled"]);
      expect(message).to.contain("the command").and.not.contain("pulumi up");
    }
  });
});

describe("a process that an engine is attached to", () => {
  useAwsEnvironment();

  it("serves the next run after Cancel with nothing of the last one", async () => {
    await using plugin = await TestPlugin.start();
    const { length } = plugin.runs;
    for (const engine of ["127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:3"]) {
      await plugin.begin(engine);
      await plugin.create(urn, { ...s3Import(), region: "us-east-1" });
      await plugin.cancel();
    }
    expect(plugin.runs.slice(length)).to.have.length(3);
  });

  it("continues a run when the same engine connects once more", async () => {
    await using plugin = await TestPlugin.start();
    const { length } = plugin.runs;
    await plugin.begin("127.0.0.1:1");
    expect(plugin.runs).to.have.length(length);
  });
});
