/** `@pulumi/aws` in tests: a stand-in for its plugin, with the local services behind it. */
import { join } from "node:path";

import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { ProjectSettings } from "@pulumi/pulumi/automation";

import { shelfBucket, type Kept } from "../fake-aws-plugin/resource-store";
import type { World } from "./world";

/** For a project's settings, whose type leaves `plugins` out: the engine takes this plugin and downloads none. */
export const awsPlugin = {
  plugins: { providers: [{ name: "aws", path: join(process.cwd(), "tests", "fake-aws-plugin") }] },
} as Partial<ProjectSettings>;

/** What the stand-in keeps because no local service does, such as roles and keys, and on whose behalf it does. */
export async function keptByAws({ s3 }: World): Promise<Kept[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: shelfBucket }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: shelfBucket, Key }));
      return JSON.parse(await Body!.transformToString()) as Kept;
    }),
  );
}
