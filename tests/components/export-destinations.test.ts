import { expect } from "chai";
import fc from "fast-check";

import { autoExportPolicy } from "../../components/support/auto-export";
import type { KeyRule } from "../../components/support/export-destinations";
import {
  destinationName,
  destinationsOf,
  maxAssetsPerExport,
} from "../../components/support/export-destinations";
import { partitionStably } from "../../components/support/partition";
import { validateDistinctKeys } from "../../components/revision-export";

const id = (number: number): string => `a${number}`.padEnd(32, "0");
const named = (...names: string[]) => names.map((name, index) => ({ id: id(index), name }));

describe("destinationsOf", () => {
  it("uses the name of an asset as its key, and no key if only the id is given", () => {
    expect(destinationsOf([...named("a.csv", "b.csv"), id(7)], undefined)).to.deep.equal([
      { assetId: id(0), key: "a.csv" },
      { assetId: id(1), key: "b.csv" },
      { assetId: id(7) },
    ]);
  });

  it("applies a pattern or a function", () => {
    const [asset] = named("2026/$& a.csv");
    expect(destinationsOf([asset], "from/${Asset.Id}/${Asset.Name}")).to.deep.equal([
      { assetId: id(0), key: `from/${id(0)}/2026/$& a.csv` },
    ]);
    expect(destinationsOf([asset], ({ name }) => name.toUpperCase())[0]!.key).to.equal("2026/$& A.CSV");
    expect(destinationsOf([id(3)], "${Asset.Id}.csv")[0]!.key).to.equal(`${id(3)}.csv`);
    expect(destinationsOf([id(3)], ({ id }) => id)[0]!.key).to.equal(id(3));
  });

  const throwing = () => {
    throw new Error("planted");
  };
  const rejected: [code: string, assets: unknown, keyRule?: KeyRule][] = [
    ["duplicate-key", named("a", "b"), "all.csv"],
    ["duplicate-key", named("a", "A"), ({ name }) => name.toLowerCase()],
    ["duplicate-key", [...named("a"), ...named("a")]],
    ["duplicate-asset", [id(1), id(1)]],
    ["no-assets", []],
    ["invalid-assets", "a"],
    ["invalid-assets", [{ name: "a" }]],
    ["invalid-assets", [null]],
    ["unknown-placeholder", named("a"), "${Revision.Id}/x"],
    ["unknown-placeholder", named("a"), "${Asset.Name"],
    ["unknown-asset-name", [id(1)], "${Asset.Name}"],
    ["unknown-asset-name", [id(1)], ({ name }) => name],
    ["invalid-key", named("a"), () => undefined as unknown as string],
    ["invalid-key", named("a"), () => ""],
    ["invalid-key", named("a"), "ü".repeat(513)],
    ["key-failed", named("a"), throwing],
  ];
  it("rejects assets and keys that cannot be exported", () => {
    for (const [code, assets, keyRule] of rejected)
      expect(() => destinationsOf(assets, keyRule), JSON.stringify(assets))
        .to.throw()
        .with.property("code", code);
    expect(destinationsOf(named("a"), "ü".repeat(512))).to.have.length(1);
    expect(() => destinationsOf(named("a"), throwing)).to.throw(`asset ${id(0)}: planted.`);
  });

  it("names the argument of an invalid asset, and the forms that it takes", () => {
    expect(() => destinationsOf([1], undefined, "assetIds")).to.throw(
      /^assetIds\[0\] must be the id of an asset\. /,
    );
    expect(() => destinationsOf([1], undefined)).to.throw(
      /^assets\[0\] must be .*, or an object with id and name\. /,
    );
  });

  const derived: [part: string, keyRule: KeyRule][] = [
    ["PLANTED", ({ name }) => name.toUpperCase()],
    [
      "no dot in PLANTED",
      ({ name }) => {
        throw new Error(`no dot in ${name.toUpperCase()}`);
      },
    ],
    ["planted", "to/${planted}"],
  ];
  it("marks the parts of its messages that are derived from arguments", () => {
    for (const [part, keyRule] of derived)
      expect(() => destinationsOf(named("planted", "planted"), keyRule))
        .to.throw(part)
        .with.deep.property("derived", [part]);
  });

  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 600 });
  it("yields each asset once, in jobs of at most 100 assets", () => {
    expect(maxAssetsPerExport).to.equal(100);
    fc.assert(
      fc.property(names, (all) => {
        const destinations = destinationsOf(named(...all), "to/${Asset.Name}");
        const chunks = partitionStably(destinations, destinationName, maxAssetsPerExport);
        expect(chunks.every(({ items }) => items.length > 0 && items.length <= 100)).to.equal(true);
        const keys = chunks.flatMap(({ items }) => items.map(({ key }) => key)).sort();
        expect(keys).to.deep.equal(all.map((name) => `to/${name}`).sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe("RevisionExport", () => {
  it("lets the service write to the whole bucket for one account", () => {
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

  it("requires a placeholder that differs between several revisions", () => {
    const validate = (pattern: string, revisions: number) => () => validateDistinctKeys(pattern, revisions);
    expect(validate("${Asset.Name}", 1)).not.to.throw();
    for (const pattern of ["${Asset.Name}", "${DataSet.Id}/${Asset.Name}"])
      expect(validate(pattern, 2)).to.throw().with.property("code", "overlapping-keys");
    for (const placeholder of ["Revision.Id", "Revision.CreatedAt", "Asset.Id", "Revision.CreatedAt.Day"])
      expect(validate(`\${${placeholder}}/\${Asset.Name}`, 2)).not.to.throw();
  });
});
