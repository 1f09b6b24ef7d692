/** A preview of a stack of the plugin on the real engine, compared with the recorded one that tests/review reads. */
import { readFile, writeFile } from "node:fs/promises";

import type { CustomResourceOptions } from "@pulumi/pulumi";
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs, JobSetArgs } from "../../../index";
import { Job } from "../../../index";
import { jobToken } from "../../../provider/resources/state-contract";
import { PluginJob, PluginJobSet, PluginProvider } from "../../harness/attached-plugin";
import { pluginSettings } from "../../harness/plugin-settings";
import { apiArgs, importArgs, uploadArgs } from "../../harness/programs";
import { recordPreview } from "../../harness/recorded-preview";
import { ReviewResult, previewAsJson } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import { useProgramEnvironment } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";

const recorded = "tests/fixtures/previews/plugin.json";

/** 1 runs, 2 fails in part, 3 is reviewed. */
type Version = 1 | 2 | 3;

describe("review of a stack of the plugin on the engine", function () {
  this.timeout("5m");
  // Each explicit provider has a process of its own, so the engine starts them.
  const shared = useStack({}, pluginSettings);
  useProgramEnvironment(shared);
  let at: Record<string, RevisionIds>;
  let imported: string;

  const setArgs = (version: Version): JobSetArgs => {
    const job = (...keys: unknown[]) => importArgs(at.set!, keys as string[]);
    const jobs = {
      changed: version === 1 ? job("a.csv") : job("b.csv"),
      failed: version === 1 ? job("a.csv") : job("c.csv", "missing.csv"),
      secret: job(secret(version === 3 ? "b.csv" : "a.csv")),
      unchangedSecret: job(secret("c.csv")),
      upload: uploadArgs(at.set!, "notes.txt", "unchanged"),
    };
    return { jobs, onDelete: "deleteAssets" } as unknown as JobSetArgs;
  };

  const programOf =
    (version: Version): PulumiFn =>
    () => {
      const isLast = version === 3;
      const declare = (name: string, args: JobArgs, opts: CustomResourceOptions = {}) =>
        new PluginJob(name, args, opts);
      const importOf = (name: string, keys: unknown[], more?: Partial<JobArgs>) =>
        importArgs(at[name]!, keys as string[], more);
      const options: Partial<JobArgs> = {
        onDelete: "deleteAssets",
        triggers: [{ etag: isLast ? "2" : "1" }],
      };
      const prices = declare("prices", importOf("prices", isLast ? ["a.csv", "b.csv"] : ["a.csv"], options));
      declare("text", uploadArgs(at.text!, "notes.txt", `planted-text-${isLast ? 2 : 1}`));
      declare("api", apiArgs(at.api!, { apiKey: `planted-key-${isLast ? 2 : 1}`, title: "prices" }));
      declare("hidden", importOf("hidden", [secret(isLast ? "b.csv" : "a.csv")]));
      if (version > 1) declare("failed", importOf("failed", ["missing.csv"]));
      if (isLast) declare("imported", importOf("imported", ["a.csv"]), { import: imported });
      else declare("gone", importOf("imported", ["a.csv"]), { retainOnDelete: true });
      new PluginJobSet("set", setArgs(version));
      const moving = new PluginProvider("moving", {
        region: isLast ? "eu-west-1" : "us-east-1",
        concurrentJobs: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 1 }),
      });
      for (const name of ["moved", "movedToo"])
        declare(name, importOf("moved", [`${name}.csv`]), { provider: moving });
      const region = prices.state.apply(() => "us-east-1");
      const later = new PluginProvider("later", { region });
      declare("waiting", importOf("waiting", ["a.csv"]), { provider: later });
      declare("waitingAndChanged", importOf("waiting", [isLast ? "b.csv" : "c.csv"]), { provider: later });
      // A stack of the dynamic provider goes over to the plugin by the alias in the schema.
      const aliases = [{ type: jobToken }];
      for (const [name, keys] of [
        ["migrated", ["a.csv"]],
        ["migratedAndChanged", [isLast ? "b.csv" : "a.csv"]],
      ] as const) {
        const args = importOf(name, [...keys]);
        if (isLast) declare(name, args, { aliases });
        else new Job(name, args);
      }
      return Promise.resolve();
    };

  it("is that of the recorded preview, and contains no secret", async () => {
    const { service, stack } = shared;
    const files = ["a.csv", "b.csv", "c.csv", "moved.csv", "movedToo.csv"];
    await service.createBucket("source", Object.fromEntries(files.map((file) => [file, file])));
    const names = ["prices", "text", "hidden", "failed", "imported", "set", "moved", "waiting"];
    at = { api: await service.createEmptyRevision("API_GATEWAY_API") };
    for (const name of [...names, "migrated", "migratedAndChanged"])
      at[name] = await service.createEmptyRevision();
    expectSuccess(await stack.up(programOf(1)));
    imported = (await stack.jobs()).find(({ urn }) => urn.endsWith("::gone"))!.id;
    expect((await stack.up(programOf(2), { continueOnError: true })).error).to.be.an("error");
    const json = await previewAsJson(stack, programOf(3));
    const text = recordPreview(json);
    if (process.env.RECORD_PREVIEW) await writeFile(recorded, text);
    expect(contentOf(text)).to.deep.equal(contentOf(await readFile(recorded, "utf8")));
    const { printed } = new ReviewResult(json);
    expect(printed).to.not.contain("planted-");
  });
});

/** A preview without the order of members and of reasons, which differs from run to run. */
const contentOf = (text: string): unknown =>
  JSON.parse(text, (name, value: unknown) =>
    name.endsWith("Reasons") && Array.isArray(value) ? value.toSorted() : value,
  );
