import { expect } from "chai";
import fc from "fast-check";

import { partitionStably } from "../../components/support/partition";
import type { ChooseKey } from "../../components/support/export-destinations";
import {
  assetsPerExport,
  destinationName,
  destinationsOf,
} from "../../components/support/export-destinations";
import { autoExportPolicy, wrongForSeveral } from "../../components/support/auto-export";

const id = (number: number): string => `a${number}`.padEnd(32, "0");

/** The sentence of a refusal. */
const refused = (assets: unknown, choose?: ChooseKey): string => {
  try {
    destinationsOf(assets, choose);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was refused";
};

const named = (...names: string[]) => names.map((name, index) => ({ id: id(index), name }));

/** Assets whose names and ids are all different. */
const assetsOf = (names: readonly string[]) => names.map((name, index) => ({ id: id(index), name }));
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 600 });

describe("destinations of exported assets", () => {
  it("are the names, or nothing where only the id is known", () => {
    expect(destinationsOf([...named("a.csv", "b.csv"), id(7)], undefined)).to.deep.equal([
      { assetId: id(0), key: "a.csv" },
      { assetId: id(1), key: "b.csv" },
      { assetId: id(7) },
    ]);
  });

  it("follow a pattern or a function", () => {
    const [asset] = named("2026/$& a.csv");
    expect(destinationsOf([asset], "from/${Asset.Id}/${Asset.Name}")).to.deep.equal([
      { assetId: id(0), key: `from/${id(0)}/2026/$& a.csv` },
    ]);
    expect(destinationsOf([asset], ({ name }) => name.toUpperCase())[0]!.key).to.equal("2026/$& A.CSV");
    expect(destinationsOf([id(3)], "${Asset.Id}.csv")[0]!.key).to.equal(`${id(3)}.csv`);
    expect(destinationsOf([id(3)], ({ id }) => id)[0]!.key).to.equal(id(3));
  });

  it("are refused where one would overwrite another", () => {
    expect(refused(named("a", "b"), "all.csv")).to.match(/would both be written to the key "all.csv"/);
    expect(refused(named("a", "A"), ({ name }) => name.toLowerCase())).to.contain('"a"');
    expect(refused([id(1), id(1)])).to.equal(`assets names ${id(1)} twice.`);
    expect(
      refused([
        { id: id(1), name: "a" },
        { id: id(1), name: "a" },
      ]),
    ).to.match(/would be written twice/);
  });

  it("are refused where there is no key", () => {
    expect(refused([])).to.contain("assets is empty");
    expect(refused("a")).to.match(/must be a list/);
    expect(refused([{ name: "a" }])).to.contain("assets[0]");
    expect(refused([null])).to.contain("assets[0]");
    expect(refused(named("a"), "${Revision.Id}/x")).to.contain("${Revision.Id}");
    expect(refused(named("a"), "${Asset.Name")).to.contain("placeholder");
    expect(refused([id(1)], "${Asset.Name}")).to.contain("by its id alone");
    expect(refused([id(1)], ({ name }) => name)).to.contain("by its id alone");
    expect(refused(named("a"), () => undefined as unknown as string)).to.contain("no key");
    expect(refused(named("a"), () => "")).to.contain("no key");
    expect(
      refused(named("a"), () => {
        throw new Error("planted");
      }),
    ).to.equal(`key fails for asset ${id(0)}: planted.`);
    expect(refused(named("a"), "ü".repeat(513))).to.contain("1026 bytes");
    expect(destinationsOf(named("a"), "ü".repeat(512))).to.have.length(1);
  });

  it("are each asset once, at most 100 a job, whatever the names", () => {
    expect(assetsPerExport).to.equal(100);
    fc.assert(
      fc.property(names, (all) => {
        const destinations = destinationsOf(assetsOf(all), "to/${Asset.Name}");
        const chunks = partitionStably(destinations, destinationName, assetsPerExport);
        expect(chunks.every(({ items }) => items.length > 0 && items.length <= 100)).to.equal(true);
        const keys = chunks.flatMap(({ items }) => items.map(({ key }) => key)).sort();
        expect(keys).to.deep.equal(all.map((name) => `to/${name}`).sort());
        expect(new Set(chunks.map(({ name }) => name)).size).to.equal(chunks.length);
        // The job that stands for all of them while they are unknown.
        expect(chunks[0]!.name).to.equal("");
      }),
      { numRuns: 50 },
    );
  });
});

describe("exports of future revisions", () => {
  it("let the service write to the whole bucket, for one account", () => {
    expect(JSON.parse(autoExportPolicy("target", "111122223333"))).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DataExchangeAutoExport",
          Effect: "Allow",
          Principal: { Service: "dataexchange.amazonaws.com" },
          Action: ["s3:PutObject", "s3:PutObjectAcl"],
          Resource: "arn:aws:s3:::target/*",
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        },
      ],
    });
  });

  it("need a pattern that tells several revisions apart", () => {
    expect(wrongForSeveral("${Asset.Name}", 1)).to.equal(undefined);
    expect(wrongForSeveral("${Asset.Name}", 2)).to.contain("2 revisions would overwrite");
    for (const part of [
      "${Revision.Id}",
      "${Revision.CreatedAt}",
      "${Asset.Id}",
      "${Revision.CreatedAt.Day}",
    ]) {
      expect(wrongForSeveral(`${part}/\${Asset.Name}`, 2)).to.equal(undefined);
    }
    expect(wrongForSeveral("${DataSet.Id}/${Asset.Name}", 2)).to.be.a("string");
  });
});
