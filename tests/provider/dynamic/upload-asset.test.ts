import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import * as pulumi from "@pulumi/pulumi";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import { expect } from "chai";

import { toFileAsset } from "../../../provider/dynamic/upload-asset";

const { FileAsset, RemoteAsset, StringAsset, FileArchive } = pulumi.asset;

describe("a sealed asset", () => {
  let server: Server;
  let at = "";
  before(async () => {
    // Other tests of this process may have set mocks, with which nothing is fetched.
    setMockOptions(undefined);
    server = createServer(({ url = "" }, answer) => {
      if (url.startsWith("/body")) answer.end("remote body");
      else answer.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const bytesOf = async (given: unknown): Promise<string> => {
    const asset = pulumi.output(toFileAsset(given, "it")) as unknown as {
      promise(): Promise<{ path: string }>;
    };
    const { path, ...others } = await asset.promise();
    expect(others).to.have.all.keys("__pulumiAsset");
    return readFileSync(path, "utf8");
  };

  it("is a file with its bytes, whether it was a text, a remote file or one of this machine", async () => {
    expect(await bytesOf(new StringAsset("text"))).to.equal("text");
    expect(await bytesOf(new RemoteAsset(`${at}/body?Signature=s`))).to.equal("remote body");
    expect(await bytesOf(pulumi.output(new RemoteAsset(Promise.resolve(`${at}/body`))))).to.equal(
      "remote body",
    );
    expect(await bytesOf(Promise.resolve(new RemoteAsset(`file://${__filename}`)))).to.contain("sealed");
    expect(await bytesOf(new FileAsset(__filename))).to.contain("sealed");
  });

  it("leaves to the provider's check what is no asset", () => {
    for (const given of ["text", 5, null, { text: "t" }, new FileArchive(".")]) {
      expect(toFileAsset(given, "it")).to.equal(given);
    }
  });
});
