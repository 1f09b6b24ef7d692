import { randomBytes } from "node:crypto";

import { expect } from "chai";

import type { Example } from "../../harness/example";
import type { Place } from "./contents";
import { assetsIn, digests } from "./contents";
import { lives } from "./life";

/** The files of the project, by the names of their assets. */
async function filesOf({ read }: Example, ...more: string[]) {
  return digests({
    "2026/q1.csv": await read("reports/2026/q1.csv"),
    "columns.json": await read("reports/columns.json"),
    "figures.bin": await read("reports/figures.bin"),
    "terms-of-use.txt": await read("TERMS.txt"),
    ...Object.fromEntries(
      await Promise.all(more.map(async (name) => [name, await read(`reports/${name}`)] as const)),
    ),
  });
}

lives({
  name: "upload-files",
  seed: ({ write }) => write("reports/figures.bin", randomBytes(300_000)),
  // The stack, a data set; the publication with its revision, two uploads with a set of jobs each, and the finalization.
  previewed: { create: 9 },
  async verify(outputs, example) {
    expect(outputs.assets).to.deep.equal(Object.keys(await filesOf(example)));
    expect(await assetsIn(example.service.dataExchange, outputs as unknown as Place)).to.deep.equal(
      await filesOf(example),
    );
  },
  changed: { update: 2, replace: 2, same: 5 },
  async verifyChange(outputs, first, example) {
    const { dataExchange } = example.service;
    expect(await assetsIn(dataExchange, outputs as unknown as Place)).to.deep.equal(
      await filesOf(example, "2026/q2.csv"),
    );
    // Subscribers keep what they have.
    expect(await assetsIn(dataExchange, first as unknown as Place)).to.deep.equal(await filesOf(example));
  },
});
