import { asset, output, secret } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../index";
import { Job, JobSet } from "../../index";
import { forEachHostProcess } from "../harness/hosts";
import { startServer } from "../harness/http";
import { declareJob, importArgs, uploadArgs } from "../harness/programs";
import { ReviewResult, previewAsJson } from "../harness/review-result";
import { expectSuccess } from "../harness/stack";

const id = "0".repeat(32);
const revision = { dataSetId: id, revisionId: id };
const source = importArgs(revision, ["a.csv"]);

/** Refused inputs, each with a secret in the invalid member, and the path that the message must name. */
const refused: [what: string, args: object, path: string][] = [
  ["a secret", { ...source, type: secret("planted") }, "type"],
  ["a password in an endpoint", { ...source, endpoint: "me:planted@host" }, "endpoint"],
  ["the bytes of an upload", { ...source, upload: new asset.StringAsset("planted") }, "upload"],
  [
    "an archive of secrets",
    { ...source, triggers: [secret(new asset.AssetArchive({ f: new asset.StringAsset("planted") }))] },
    "triggers[0]",
  ],
  [
    "the URL of a file that cannot be fetched",
    {
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...revision, assetName: "n" } },
      upload: new asset.RemoteAsset("http://127.0.0.1:4/?Signature=planted"),
    },
    "upload",
  ],
];

forEachHostProcess("previews", function (host) {
  this.timeout("5m");
  const shared = host.useStack();

  it("report a missing region", async () => {
    const { stack } = shared;
    const { AWS_REGION, ...others } = stack.stack.workspace.envVars as Record<string, string>;
    stack.stack.workspace.envVars = {
      ...others,
      AWS_REGION: "",
      AWS_DEFAULT_REGION: "",
      AWS_CONFIG_FILE: "/nowhere",
    };
    const { stderr } = await stack.preview(declareJob(importArgs(revision, ["a"])));
    stack.stack.workspace.envVars = { ...others, AWS_REGION: AWS_REGION! };
    expect(stderr).to.contain("has a problem: region ").and.contain("[missing-region]");
  });

  it("show with --diff only the source that is added at the end", async () => {
    const { stack, service } = shared;
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    const target = await service.createEmptyRevision();
    await stack.up(declareJob(importArgs(target, ["a.csv", "b.csv"])));
    const { stdout, changes } = await stack.preview(
      declareJob(importArgs(target, ["a.csv", "b.csv", "c.csv"])),
    );
    expect(changes).to.deep.equal({ replace: 1, same: 1 });
    const [, sources = ""] = /\n( *)~ assetSources: (\[.*?)\n\1 {2}\]/s.exec(stdout)?.slice(1) ?? [];
    expect(sources.includes("b.csv")).to.equal(host.differs("diff", { dynamic: true, plugin: false }));
    expect(sources).to.match(/\+ \[2\]: \{\s*\+ bucket: "source"\s*\+ key {3}: "c.csv"/);
    expect(sources.match(/^ *[~+-] \[\d+\]/gm)).to.have.length(1);
    await stack.clearState();
  });

  it("show with --diff the state that is the cause of a retry", async () => {
    const { stack, service } = shared;
    const target = await service.createEmptyRevision();
    const program = () => {
      new Job("alone", importArgs(target, ["gone.csv"]));
      new JobSet("set", {
        jobs: {
          done: uploadArgs(target, "done.txt", "text"),
          failed: importArgs(target, ["lost.csv"]),
        },
      });
      return Promise.resolve();
    };
    expect((await stack.up(program, { continueOnError: true })).error).to.be.an("error");
    const { stdout, changes } = await stack.preview(program);
    expect(changes).to.deep.equal({ replace: 1, update: 1, same: 1 });
    const shown = [/- state: "ERROR"\n/, /~ jobs: \{\s*~ failed: \{\s*\+ state: \[unknown\]\s*\}\s*\}\n/];
    const [isForJob, isForSet] = shown.map((text) => text.test(stdout));
    const isShown = host.differs("diff", { dynamic: false, plugin: true });
    expect([isForJob, isForSet], stdout).to.deep.equal([isShown, isShown]);
    const { printed } = new ReviewResult(await previewAsJson(stack, program));
    for (const name of ["alone", "set\\[failed\\]"])
      expect(printed).to.match(new RegExp(`^${name} .*\\n {2}why: its last run ended in ERROR`, "m"));
    await stack.clearState();
  });

  it("name the path of refused input and never show its value", async () => {
    const { stack, service } = shared;
    service.local.clearRequests();
    const shown = host.differs("remoteFiles", {
      dynamic: [],
      plugin: ["the URL of a file that cannot be fetched"],
    });
    for (const [what, args, path] of refused.filter(([what]) => !shown.includes(what))) {
      // It exports nothing, because SDK 3.212 waits forever for an output of a resource whose input rejects.
      const program = () => {
        new Job("prices", args as JobArgs);
        return Promise.resolve();
      };
      const { error, stdout, stderr } = await stack.preview(program);
      expect(error, what).to.be.an("error");
      expect(stderr, what).to.contain(path);
      const json = await previewAsJson(stack, program);
      const { printed } = new ReviewResult(json);
      for (const text of [stdout, stderr, error!.message, json, printed])
        expect(text, what).not.to.contain("planted");
    }
    expect(service.countCalls()).to.deep.equal({});
  });

  it("report a problem of the stack's config without a property", async () => {
    const { stack } = shared;
    for (const [key, value] of [
      ["dataexchange:concurrentJobs", "many"],
      [host.setting("endpoints"), "no JSON"],
    ] as const) {
      await stack.stack.setConfig(key, { value });
      const { stderr } = await stack.preview(declareJob(source));
      await stack.stack.removeConfig(key);
      const plugin = `pulumi:providers:dataexchange resource 'default_0_0_0' has a problem: ${key.split(":")[1]} `;
      expect(stderr).to.contain(
        host.differs("config", { dynamic: `has a problem: The stack's config ${key} `, plugin }),
      );
    }
  });

  it("compare remote files by content, and show their URL nowhere", async () => {
    const { stack, service } = shared;
    const target = await service.createEmptyRevision();
    let body = "one";
    const server = await startServer((request, response) => {
      const isAuthorized = request.headers.authorization === `Basic ${btoa("me:planted")}`;
      response.writeHead(isAuthorized ? 200 : 401).end(body);
    });
    const url = server.url.replace("//", "//me:planted@");
    let visit = 0;
    const file = () => new asset.RemoteAsset(`${url}/x?Signature=planted${++visit}`);
    const program = () => {
      new Job("upload", {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...target, assetName: "n" } },
        upload: file(),
      });
      new Job("triggered", {
        ...importArgs(target, ["a.csv"]),
        triggers: { file: output(file()) },
      });
      return Promise.resolve();
    };
    const first = await stack.up(program);
    const same = await stack.up(program);
    body = "two";
    const changed = await stack.preview(program);
    await server.close();
    for (const run of [first, same, changed]) expectSuccess(run);
    expect(same.changes).to.not.have.any.keys("replace", "update", "create-replacement");
    expect(changed.changes).to.deep.include({ replace: 2 });
    const shown = [first, same, changed].map(({ stdout, stderr }) => stdout + stderr).join("");
    for (const text of [shown, await stack.readState()]) expect(text).not.to.contain("planted");
  });
});
