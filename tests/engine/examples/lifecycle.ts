/** The lifecycle of an example: preview, up, no change, the change that its README describes, refresh, destroy. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";

import type { DataExchange } from "@aws-sdk/client-dataexchange";
import { GetRevisionCommand, ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";
import { GetObjectCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";

import type { LocalDataExchangeOptions } from "../../../emulator";
import type { Example } from "../../harness/example";
import { useExample } from "../../harness/example";
import type { TestHost } from "../../harness/hosts";
import { forEachHost } from "../../harness/hosts";
import { commandsUnder } from "../../harness/readme";
import type { RevisionIds, TestService } from "../../harness/service";
import { toSdkIds } from "../../harness/service";
import { expectSuccess, messageCodes, valuesOf } from "../../harness/stack";

type Changes = Readonly<Record<string, number>>;

/** Outputs of a stack after `pulumi up`. */
export type Values = Readonly<Record<string, unknown>>;

export interface Lifecycle {
  /** Folder in examples/. */
  readonly name: string;
  readonly options?: LocalDataExchangeOptions;
  /**
   * Whether it runs with the plugin too. A second life takes seconds of processor time, so only examples with functions or
   * with providers do, because these reach the two hosts in different ways. Default: false.
   */
  readonly runsOnPlugin?: boolean;
  /** Creates what the example needs, and sets the stack's config. */
  readonly prepare?: (example: Example) => Promise<void>;
  /** Changes of the first preview, with the stack itself. */
  readonly preview: Changes;
  /** Codes of the notes in that preview. */
  readonly notes?: readonly string[];
  /** Changes of the first `pulumi up`, if a preview cannot know them. */
  readonly up?: Changes;
  readonly verify: (outputs: Values, example: Example) => Promise<void>;
  /** Runs before the commands under "Change something"; returns replacements for words in them. */
  readonly beforeChange?: (example: Example) => Promise<Readonly<Record<string, string>> | void>;
  /** Changes of the preview and of the `pulumi up` after those commands. */
  readonly change: Changes;
  readonly verifyChange: (outputs: Values, first: Values, example: Example) => Promise<void>;
  readonly verifyDestroyed?: (last: Values, example: Example) => Promise<void>;
  readonly close?: () => void;
}

export function testLifecycle({ name, options, ...life }: Lifecycle): void {
  const title = `the example ${name}`;
  const declare = function (this: Mocha.Suite, host?: TestHost) {
    this.timeout("10m");
    const example = useExample(name, options, host?.useStack);
    after(() => life.close?.());

    it(`runs by the commands of examples/${name}/README.md`, async () => {
      const { stack, service, program } = example;
      await life.prepare?.(example);

      const [requests, buckets] = [service.local.requests.length, await listBuckets(service)];
      const preview = expectSuccess(await stack.preview(program));
      expect(preview.changes).to.deep.equal(life.preview);
      expect(messageCodes(preview)).to.include.members([...(life.notes ?? [])]);
      const calls = Object.keys(service.countCalls(requests));
      expect(calls.filter((operation) => /^(Create|Start|Update|Delete|UploadBody)/.test(operation))).to.be
        .empty;
      expect(await listBuckets(service)).to.deep.equal(buckets);

      const up = expectSuccess(await stack.up(program));
      expect(up.changes).to.deep.equal(life.up ?? life.preview);
      const first = valuesOf(up);
      await life.verify(first, example);
      const [count] = Object.values(up.changes);
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: count });

      const words = Object.entries((await life.beforeChange?.(example)) ?? {});
      const commands = commandsUnder("Change something", (await example.read("README.md")).toString());
      expect(commands.pop()).to.equal("pulumi up");
      for (const command of commands)
        await follow(
          words.reduce((text, [word, value]) => text.replace(word, value), command),
          example,
        );
      expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal(life.change);
      const changed = expectSuccess(await stack.up(program));
      expect(changed.changes).to.deep.equal(life.change);
      const last = valuesOf(changed);
      await life.verifyChange(last, first, example);

      expect(expectSuccess(await stack.refresh()).changes).to.have.all.keys("same");
      expectSuccess(await stack.destroy());
      expect(await stack.jobs()).to.be.empty;
      await life.verifyDestroyed?.(last, example);
    });
  };
  if (life.runsOnPlugin) forEachHost(title, declare);
  else
    describe(title, function () {
      declare.call(this);
    });
}

/** The fake plugin of @pulumi/aws stores its resources in a bucket, so their creation shows here. */
const listBuckets = async ({ s3 }: TestService): Promise<unknown> =>
  (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);

/** Runs one command in the folder of the project; the stack's config and the environment of the program are set directly. */
async function follow(command: string, { stack }: Example): Promise<void> {
  const [, path, value] = /^pulumi config set (?:--path )?'?([^' ]+)'? (\S+)$/.exec(command) ?? [];
  if (path !== undefined) return stack.configure({ [path]: value! });
  const [, name, exported] = /^export (\w+)=(\S+)$/.exec(command) ?? [];
  if (name !== undefined) return void (process.env[name] = exported);
  await promisify(execFile)("sh", ["-e", "-c", command]);
}

/** Names with the length and SHA-256 of what they name. */
export type Digests = Record<string, string>;

export const digestsOf = (contents: Readonly<Record<string, Uint8Array | string>>): Digests =>
  Object.fromEntries(
    Object.entries(contents).map(([name, content]) => {
      const bytes = Buffer.from(content);
      return [name, `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`];
    }),
  );

export async function objectsIn(service: TestService, Bucket: string): Promise<Digests> {
  const objects: Record<string, Uint8Array> = {};
  for (const Key of await service.listKeys(Bucket)) {
    const { Body } = await service.s3.send(new GetObjectCommand({ Bucket, Key }));
    objects[Key] = await Body!.transformToByteArray();
  }
  return digestsOf(objects);
}

/** The assets of a finalized revision, read with the given client by one export job each. */
export async function assetsIn(
  service: TestService,
  revision: unknown,
  client: DataExchange = service.dataExchange,
): Promise<Digests> {
  const ids = toSdkIds(revision as RevisionIds);
  const { Finalized } = await client.send(new GetRevisionCommand(ids));
  expect(Finalized, ids.RevisionId).to.equal(true);
  const { Assets = [] } = await client.send(new ListRevisionAssetsCommand(ids));
  const assets: Record<string, Uint8Array> = {};
  for (const { Id: AssetId, Name } of Assets) {
    const ExportAssetToSignedUrl = { ...ids, AssetId };
    const job = { Type: "EXPORT_ASSET_TO_SIGNED_URL" as const, Details: { ExportAssetToSignedUrl } };
    const { Details } = await service.runJob(job, client);
    const response = await fetch(Details!.ExportAssetToSignedUrl!.SignedUrl!);
    assets[Name!] = new Uint8Array(await response.arrayBuffer());
  }
  return digestsOf(assets);
}
