import { randomBytes } from "node:crypto";

import { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";

import type { Example } from "../../harness/example";
import type { Digests, Place } from "./contents";
import { assetsIn, digests } from "./contents";
import type { Values } from "./life";
import { lives } from "./life";

const roleArn = "arn:aws:iam::222222222222:role/publisher";

/** What is published in both places, each seen as its owner sees it. */
async function publishedIn({ service }: Example, outputs: Values): Promise<Digests[]> {
  const europe = new DataExchangeClient({
    region: "eu-west-1",
    endpoint: service.local.endpoint,
    credentials: { accessKeyId: "222222222222", secretAccessKey: "any" },
  });
  const places = [
    assetsIn(service.dataExchange, outputs.america as Place),
    assetsIn(europe, outputs.europe as Place),
  ];
  try {
    return await Promise.all(places);
  } finally {
    europe.destroy();
  }
}

async function filesOf({ read }: Example): Promise<Digests> {
  return digests({
    "2026-01.csv": await read("prices/2026-01.csv"),
    "2026-02.csv": await read("prices/2026-02.csv"),
  });
}

lives({
  name: "two-regions",
  async seed(example) {
    const { workspace } = example.stack.stack;
    // Programs that list buckets assume roles themselves.
    process.env.AWS_ENDPOINT_URL_STS = example.service.local.endpoint;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: example.service.local.endpoint };
    await example.configure({ europeRoleArn: roleArn });
    await example.write("prices/2026-02.csv", randomBytes(60_000));
  },
  // The stack; in each region a provider, a bucket with two objects, a data set, and the publication with its revision,
  // import and finalization.
  previewed: { create: 19 },
  made: { create: 21 },
  async verify(outputs, example) {
    const files = await filesOf(example);
    expect(await publishedIn(example, outputs)).to.deep.equal([files, files]);
  },
  // An object that will be another is not in the bucket yet, and counts nevertheless.
  previewedChange: { update: 4, replace: 4, same: 13 },
  changed: { update: 4, replace: 4, same: 13 },
  async verifyChange(outputs, first, example) {
    const files = await filesOf(example);
    expect(await publishedIn(example, outputs)).to.deep.equal([files, files]);
    expect(await publishedIn(example, first)).to.not.deep.equal([files, files]);
  },
  close() {
    delete process.env.AWS_ENDPOINT_URL_STS;
    return Promise.resolve();
  },
});
