import { randomBytes } from "node:crypto";

import type { Example } from "../../harness/example";
import { assetsIn, digests } from "./contents";
import type { Values } from "./life";
import { lives } from "./life";
import { expect } from "chai";

const files = ["2026-01.csv", "2026-02.csv"];
const added = "2026-03.csv";

const published = (outputs: Values, { service }: Example) =>
  assetsIn(service.dataExchange, outputs as { dataSetId: string; revisionId: string });

async function given(example: Example, names: readonly string[]) {
  const contents: Record<string, Buffer> = {};
  for (const name of names) contents[`prices/${name}`] = await example.read(`prices/${name}`);
  return digests(contents);
}

lives({
  name: "publish-folder",
  seed: (example) => example.write("prices/2026-02.csv", randomBytes(100_000)),
  // The stack, a bucket with two objects, a data set; the publication with its revision, import and finalization.
  previewed: { create: 9 },
  later: ["contents.prices: ", "Whether that makes a new revision is decided then."],
  made: { create: 10 },
  async verify(outputs, example) {
    expect(outputs.assets).to.deep.equal(files.map((file) => `prices/${file}`));
    expect(await published(outputs, example)).to.deep.equal(await given(example, files));
  },
  changed: { create: 1, update: 2, replace: 2, same: 6 },
  async verifyChange(outputs, first, example) {
    expect(outputs.revisionId).to.not.equal(first.revisionId);
    expect(await published(outputs, example)).to.deep.equal(await given(example, [...files, added]));
  },
});
