import { rm } from "node:fs/promises";

import { expect } from "chai";

import type { FileUploadArgs } from "../../../components/file-upload";
import { FileUpload } from "../../../components/file-upload";
import { Job } from "../../../provider/resources/job";
import { forEachHost } from "../../harness/hosts";
import { useFolder, writeText } from "../../harness/folder";
import { until } from "../../harness/processes";
import { importArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { expectSuccess, messageCodes } from "../../harness/stack";

forEachHost("FileUpload on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  const at = useFolder();
  let revision: RevisionIds;

  beforeEach(async () => {
    revision = await shared.service.createEmptyRevision();
    await writeText(at("a.csv"), "1,2\n");
    await writeText(at("sub/b ü.bin"), "\u0000\u00ff binary");
  });
  afterEach(() => shared.stack.clearState());

  const program =
    (args: Partial<FileUploadArgs> = {}) =>
    () => {
      const { jobIds, states, assets } = new FileUpload("files", { ...revision, path: at(), ...args });
      return Promise.resolve({ jobIds, states, assets });
    };
  const texts = async (run: EngineRun) => {
    const made = run.outputs.assets!.value as { id: string; name: string }[];
    const found: Record<string, string> = {};
    for (const { id, name } of made) found[name] = await shared.service.readAsset(revision, id);
    return found;
  };

  it("uploads each file byte for byte, and after a change only the changed file", async () => {
    const { stack, service } = shared;
    const preview = expectSuccess(await stack.preview(program()));
    expect(preview.changes).to.deep.equal({ create: 3 });

    const first = expectSuccess(await stack.up());
    expect(first.changes).to.deep.equal({ create: 3 });
    expect(first.outputs.states!.value).to.deep.equal(["COMPLETED", "COMPLETED"]);
    expect(await texts(first)).to.deep.equal({ "a.csv": "1,2\n", "sub/b ü.bin": "\u0000\u00ff binary" });
    const ids = first.outputs.jobIds!.value as string[];
    expect(new Set(ids).size).to.equal(2);

    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

    await writeText(at("a.csv"), "3,4\n");
    expect(expectSuccess(await stack.preview()).changes).to.deep.equal({ update: 1, same: 2 });
    const second = expectSuccess(await stack.up());
    expect(second.changes).to.deep.equal({ update: 1, same: 2 });
    expect(await texts(second)).to.deep.equal({ "a.csv": "3,4\n", "sub/b ü.bin": "\u0000\u00ff binary" });
    expect((second.outputs.jobIds!.value as string[])[1]).to.equal(ids[1]);
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv", "sub/b ü.bin"]);

    await rm(at("a.csv"));
    await writeText(at("c.csv"), "new");
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ update: 1, same: 2 });
    expect(await service.listAssetNames(revision)).to.deep.equal(["c.csv", "sub/b ü.bin"]);
    expect(await stack.readState())
      .not.to.contain("binary")
      .and.not.to.contain(`"${at()}`);
  });

  it("applies tags, assetName and onDelete: retain", async () => {
    const { stack, service } = shared;
    const more = {
      tags: { team: "market" },
      assetName: (path: string) => `v1/${path}`,
      onDelete: "retain" as const,
    };
    expectSuccess(await stack.up(program(more)));
    expect(await service.listAssetNames(revision)).to.deep.equal(["v1/a.csv", "v1/sub/b ü.bin"]);
    const tags = { tags: [{ key: "team", value: "market" }] };
    expect(service.local.jobs().at(-1)!.assetConfiguration).to.deep.equal(tags);
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.have.length(2);
  });

  it("selects the files after its dependencies are ready", async () => {
    const { stack, service } = shared;
    await service.createBucket("source", { "a.csv": "1" });
    const late = at("late");
    const declare = () => {
      const made = new Job("made", importArgs(revision, ["a.csv"]));
      const { assets } = new FileUpload("files", { ...revision, path: late }, { dependsOn: made });
      return Promise.resolve({ assets });
    };
    const preview = expectSuccess(await stack.preview(declare));
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(messageCodes(preview)).to.include("files-not-known-yet");

    const earlier = service.local.requests.length;
    const release = service.local.pauseJobs();
    const running = stack.up(declare);
    try {
      await until(() => service.countCalls(earlier).StartJob === 1);
      await writeText(at("late/z.csv"), "late");
    } finally {
      release();
    }
    const run = expectSuccess(await running);
    expect(run.changes).to.deep.equal({ create: 4 });
    expect(await texts(run)).to.deep.equal({ "z.csv": "late" });
    const again = expectSuccess(await stack.preview(declare));
    expect(again.changes).to.deep.equal({ same: 4 });
  });
});
