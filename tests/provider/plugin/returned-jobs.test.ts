import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { useAwsEnvironment } from "../../harness/environment";
import type { CallError, Props } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import { failureOf, s3Import } from "../../simulation/samples";
import { until, urnOf } from "./samples";

const urn = urnOf("Job");
const imported = { ...s3Import(), onDelete: "deleteAssets" };

describe("the record of a job that an operation has returned", () => {
  useAwsEnvironment();

  for (const [title, isEnded, jobs] of [
    ["is gone once the engine has ended the run, so a job that is removed from the state runs anew", true, 2],
    ["remains if the engine was killed, so the next run takes over the job", false, 1],
  ] as const) {
    it(title, async () => {
      await using plugin = await TestPlugin.start();
      await new PluginStack(plugin, urn).up(imported);
      if (isEnded) await plugin.cancel();
      await new PluginStack(plugin, urn).up(imported);
      expect(plugin.service.effects()).to.have.length(jobs);
    });
  }

  it("remains if the user cancels a run in which an operation is in progress", async () => {
    await using plugin = await TestPlugin.start();
    await new PluginStack(plugin, urn).up(imported);
    const { service } = plugin;
    const createJob = service.createJob.bind(service);
    let isHanging = false;
    service.createJob = () => new Promise(() => (isHanging = true));
    const other = failureOf(
      plugin.create(urnOf("Job", "other"), { ...s3Import(["b"]), region: "us-east-1" }),
    );
    await until(() => isHanging);
    await plugin.cancel();
    await other;
    service.createJob = createJob;
    await new PluginStack(plugin, urn).up(imported);
    expect(plugin.service.effects()).to.have.length(1);
  });
});

const resources = {
  Job: { type: urn, program: (keys?: string[]) => ({ ...imported, ...s3Import(keys) }) },
  JobSet: {
    type: urnOf("JobSet"),
    program: (keys?: string[]) => ({ jobs: { one: s3Import(keys) }, onDelete: "deleteAssets" }),
  },
} as const;

describe("--replace after an engine was killed, whose run had returned the job", () => {
  useAwsEnvironment();

  for (const [kind, { type, program }] of Object.entries(resources)) {
    const idsInState = (stack: PluginStack): unknown[] => {
      const { state } = stack.stored!;
      const [job] = kind === "Job" ? [state] : Object.values(state.results as Record<string, Props>);
      return (job!.assets as { id: string }[]).map(({ id }) => id);
    };
    const idsOf = ({ service }: TestPlugin) => service.assets.map(({ id }) => id);
    const replaceAndFail = async (stack: PluginStack): Promise<void> => {
      const { message } = await failureOf<CallError>(stack.replace(program()));
      expect(codesIn(message)).to.deep.equal(["job-not-replaced"]);
      expect(message).to.contain("Run the command again");
    };

    for (const next of ["up", "replace"] as const) {
      it(`keeps the assets of a ${kind}, says so, and the next ${next} runs a new job`, async () => {
        await using plugin = await TestPlugin.start();
        const stack = new PluginStack(plugin, type);
        await stack.up(program());
        const assets = idsInState(stack);
        await replaceAndFail(stack);
        expect(idsOf(plugin)).to.deep.equal(assets);
        await stack[next](program());
        expect(plugin.service.effects()).to.have.length(2);
        expect(idsOf(plugin)).to.deep.equal(idsInState(stack)).and.not.to.deep.equal(assets);
        await stack.up(program());
        expect(stack.steps.at(-1)).to.equal("same");
      });
    }

    it(`keeps the assets of a ${kind} if its engine is killed too, and the up after the next runs a new job`, async () => {
      await using plugin = await TestPlugin.start();
      const stack = new PluginStack(plugin, type);
      await stack.up(program());
      const assets = idsInState(stack);
      await stack.replace(program(), { isKilled: true });
      await stack.up(program());
      expect(stack.steps.at(-1)).to.equal("same");
      expect(idsOf(plugin)).to.deep.equal(assets);
      await stack.up(program());
      expect(plugin.service.effects()).to.have.length(2);
      expect(idsOf(plugin)).to.deep.equal(idsInState(stack)).and.not.to.deep.equal(assets);
    });

    it(`leaves a ${kind} to be run again if the changed program deletes its assets and creates no job`, async () => {
      await using plugin = await TestPlugin.start();
      const { service } = plugin;
      const stack = new PluginStack(plugin, type);
      await stack.up(program());
      service.fail("createJob", "accessDenied");
      await failureOf<CallError>(stack.replace(program(["b"])));
      expect(service.assets).to.deep.equal([]);
      await stack.up(program());
      expect(service.effects()).to.have.length(2);
      expect(idsOf(plugin)).to.deep.equal(idsInState(stack)).and.to.have.length(1);
    });
  }
});
