import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import { expect } from "chai";

import { toFileAsset } from "../../../provider/resources/upload-asset";
import { useServers } from "../../harness/http";

const { FileAsset, RemoteAsset, StringAsset, FileArchive } = pulumi.asset;

describe("toFileAsset", () => {
  const serve = useServers();
  // Other tests of this process may have set mocks, with which nothing is fetched.
  before(() => setMockOptions(undefined));

  const contentOf = async (given: unknown): Promise<string> => {
    const asset = pulumi.output(toFileAsset(given, "it")) as unknown as {
      promise(): Promise<{ path: string }>;
    };
    const { path, ...others } = await asset.promise();
    expect(others).to.have.all.keys("__pulumiAsset");
    return readFileSync(path, "utf8");
  };

  it("writes a text, a remote file or a local file as a file asset", async () => {
    const { url } = await serve((_, response) => response.end("remote body"));
    for (const [asset, content] of [
      [new StringAsset("text"), /^text$/],
      [new RemoteAsset(`${url}/body?Signature=s`), /^remote body$/],
      [pulumi.output(new RemoteAsset(Promise.resolve(url))), /^remote body$/],
      [Promise.resolve(new RemoteAsset(`file://${__filename}`)), /toFileAsset/],
      [new FileAsset(__filename), /toFileAsset/],
    ] as const) {
      expect(await contentOf(asset)).to.match(content);
    }
  });

  it("returns other values, which the provider's check refuses", () => {
    for (const given of ["text", 5, null, { text: "t" }, new FileArchive(".")]) {
      expect(toFileAsset(given, "it")).to.equal(given);
    }
  });
});
