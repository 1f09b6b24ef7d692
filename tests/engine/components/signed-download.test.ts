import { readdir, readFile, rm, writeFile } from "node:fs/promises";

import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { SignedDownloadArgs } from "../../../components/signed-download";
import { SignedDownload } from "../../../components/signed-download";
import { forEachHost } from "../../harness/hosts";
import { useFolder, writeText } from "../../harness/folder";
import type { RevisionIds } from "../../harness/service";
import { expectSuccess, messageCodes } from "../../harness/stack";

forEachHost("SignedDownload on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  const at = useFolder();
  const names = ["prices/0.csv", "prices/1.csv"] as const;
  const bytes = (index: 0 | 1) => `bytes of ${names[index]} \u0000ü`;
  let revision: RevisionIds;
  let assetIds: string[];

  before(async () => {
    const { service } = shared;
    await service.createBucket("source", { [names[0]]: bytes(0), [names[1]]: bytes(1) });
    revision = await service.createEmptyRevision();
    assetIds = [];
    for (const name of names) assetIds.push((await service.importAsset(revision, "source", name)).assetId);
  });
  afterEach(() => shared.stack.clearState());

  const downloading =
    (args: Partial<SignedDownloadArgs> = {}): PulumiFn =>
    () => {
      const { url, urlExpiresAt, path } = new SignedDownload("prices", {
        ...revision,
        assetId: assetIds[0]!,
        ...args,
      });
      return Promise.resolve({ url, urlExpiresAt, path });
    };
  const downloads = () =>
    shared.service.local.requests.filter(({ operation }) => operation === "CreateJob").length;

  it("outputs a secret URL, and a new one for a changed trigger", async () => {
    const { stack } = shared;
    const first = expectSuccess(await stack.up(downloading({ triggers: ["monday"] })));
    expect(first.outputs.url!.secret).to.equal(true);
    expect(first.outputs.urlExpiresAt!.secret).to.equal(false);
    expect(await (await fetch(first.outputs.url!.value as string)).text()).to.equal(bytes(0));
    expect(Date.parse(first.outputs.urlExpiresAt!.value as string)).to.be.greaterThan(Date.now());
    expect(first.outputs.path?.value).to.equal(undefined);
    expect(await stack.readState()).not.to.contain("X-Amz-Signature");
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
    const second = expectSuccess(await stack.up(downloading({ triggers: ["tuesday"] })));
    expect(second.outputs.url!.value).not.to.equal(first.outputs.url!.value);
  });

  it("downloads the file during `pulumi up`, and again if the file is missing or changed, or the asset is", async () => {
    const { stack } = shared;
    const path = at("data/prices.csv");
    const program = downloading({ path });
    await writeText(path, "former content");

    const preview = expectSuccess(await stack.preview(program));
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(messageCodes(preview)).to.include("download-pending");
    expect(await readdir(at("data"))).to.deep.equal(["prices.csv"]);
    expect(await readFile(path, "utf8")).to.contain("former content");

    const first = expectSuccess(await stack.up());
    expect(first.outputs.path!.value).to.equal(path);
    expect(first.outputs.path!.secret).to.equal(false);
    expect(await readFile(path, "utf8")).to.equal(bytes(0));
    expect(await readdir(at("data"))).to.deep.equal([".prices.csv.download.json", "prices.csv"]);

    // With the same content: no call of the service.
    let made = downloads();
    await writeFile(path, bytes(0));
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
    expect(downloads()).to.equal(made);

    // Missing, long after the URL has expired.
    shared.service.local.clock.advance("2d");
    await rm(path);
    const gone = expectSuccess(await stack.preview());
    expect(gone.changes).to.deep.equal({ replace: 1, same: 2 });
    expect(await readdir(at("data"))).to.deep.equal([".prices.csv.download.json"]);
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ replace: 1, same: 2 });
    expect(await readFile(path, "utf8")).to.equal(bytes(0));
    expect(downloads()).to.equal(++made);

    // Changed by another program.
    await writeFile(path, "mine");
    expectSuccess(await stack.up());
    expect(await readFile(path, "utf8")).to.equal(bytes(0));

    // Another asset, with outputs that the program does not use.
    const other = () => {
      new SignedDownload("prices", { ...revision, assetId: assetIds[1]!, path });
      return Promise.resolve();
    };
    expect(expectSuccess(await stack.preview(other)).changes).to.deep.equal({ replace: 1, same: 2 });
    expect(await readFile(path, "utf8")).to.equal(bytes(0));
    expectSuccess(await stack.up());
    expect(await readFile(path, "utf8")).to.equal(bytes(1));
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 3 });
    expectSuccess(await stack.destroy());
    expect(await readFile(path, "utf8")).to.equal(bytes(1));
  });
});
