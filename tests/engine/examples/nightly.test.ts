import { randomBytes } from "node:crypto";

import { GetRevisionCommand } from "@aws-sdk/client-dataexchange";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";

import type { Example } from "../../harness/example";
import type { Digests, Place } from "./contents";
import { assetsIn, digests } from "./contents";
import { lives } from "./life";

const nights: Digests[] = [];

/** What somebody else leaves in the bucket, under the same keys every night. */
async function night({ service }: Example): Promise<void> {
  const objects = {
    "latest/prices.csv": `symbol,close\nAMBR,${40 + nights.length}\n`,
    "latest/instruments.parquet": randomBytes(50_000),
  };
  for (const [Key, Body] of Object.entries(objects)) {
    await service.s3.send(new PutObjectCommand({ Bucket: "exports", Key, Body }));
  }
  nights.push(digests(objects));
}

async function commentOf({ service }: Example, { dataSetId, revisionId }: Place) {
  const { Comment } = await service.dataExchange.send(
    new GetRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId }),
  );
  return Comment;
}

lives({
  name: "nightly",
  async seed(example) {
    await example.service.createBucket("exports");
    await night(example);
    await example.configure({ bucket: "exports" });
    process.env.EDITION = "2026-11-24";
  },
  // The stack, a data set; the publication with its revision, import, set of jobs and finalization.
  previewed: { create: 7 },
  async verify(outputs, example) {
    const place = outputs as unknown as Place;
    expect(await assetsIn(example.service.dataExchange, place)).to.deep.equal(nights[0]);
    expect(await commentOf(example, place)).to.equal("Edition 2026-11-24");
  },
  beforeChange: night,
  changed: { replace: 2, update: 1, same: 4 },
  async verifyChange(outputs, first, example) {
    const place = outputs as unknown as Place;
    expect(await assetsIn(example.service.dataExchange, place)).to.deep.equal(nights[1]);
    expect(await commentOf(example, place)).to.equal("Edition 2026-11-25");
    expect(await assetsIn(example.service.dataExchange, first as unknown as Place)).to.deep.equal(nights[0]);

    // Another checkout, or a workflow for merges, which does not say which night it is.
    delete process.env.EDITION;
    const requests = example.service.local.requests.length;
    const other = await example.stack.up(example.program);
    expect(other.error?.message).to.contain("export EDITION=");
    expect(Object.keys(example.service.countCalls(requests))).to.not.include.members(["CreateRevision"]);
  },
  close: () => void delete process.env.EDITION,
});
