import { expect } from "chai";

import { jobKind } from "../../../provider/plugin/job-kind";
import { jobSetKind } from "../../../provider/plugin/job-set-kind";
import { hasSecretDetails } from "../../../provider/plugin/secrets";
import type { Path } from "../../../service-model/validate";

const credential = ["details", "importAssetFromApiGatewayApi", "apiKey"];

describe("hasSecretDetails", () => {
  for (const [what, path, isSecret] of [
    ["a secret member", ["details", "importAssetsFromS3", "assetSources", 0, "key"], true],
    ["secret details", ["details"], true],
    ["a credential, which no output repeats", credential, false],
    ["another secret", ["triggers", 0], false],
  ] as const) {
    it(`is ${isSecret} for ${what}`, () => {
      expect(hasSecretDetails([path], [])).to.equal(isSecret);
      expect(hasSecretDetails([["jobs", "a", ...path]], ["jobs", "a"])).to.equal(isSecret);
      expect(hasSecretDetails([["jobs", "b", ...path]], ["jobs", "a"])).to.equal(false);
    });
  }

  it("is true for each job of secret jobs", () =>
    expect(hasSecretDetails([["jobs"]], ["jobs", "a"])).to.equal(true));
});

describe("the secret outputs", () => {
  const results = { results: { a: {} } };

  it("of a job include those that repeat secret details", () => {
    const secrets = jobKind.secretOutputs([["details"]], {}, []);
    expect(secrets).to.deep.include.members([["details"], ["signedUrl"], ["apiKey"], ["assets"], ["errors"]]);
    expect(jobKind.secretOutputs([], {}, [])).to.not.deep.include(["assets"]);
  });

  it("of a set include the replaced jobs of a job that had secrets, and else only what is always secret", () => {
    const former = ["results", "a", "former"];
    const replaced = { results: { a: { former: [{ former: [{}] }] } } };
    const secretsAfter = (path: Path) => jobSetKind.secretOutputs([], replaced, [path]);
    const own = [["results"], ["results", "a", "details", "x"], former, [...former, 0, "details"]];
    for (const path of own) expect(secretsAfter(path), String(path)).to.deep.include(former);
    const others = [
      ["results", "a", "signedUrl"],
      [...former, 0, "signedUrl"],
      ["results", "b", "details"],
    ];
    for (const path of others) expect(secretsAfter(path), String(path)).to.not.deep.include(former);
    expect(secretsAfter([])).to.deep.include([...former, 0, "former", 0, "apiKey"]);
  });

  it("of a set include a result whose job is secret", () => {
    for (const path of [["jobs"], ["jobs", "a"]]) {
      expect(jobSetKind.secretOutputs([path], results, [])).to.deep.include(["results", "a"]);
    }
    expect(jobSetKind.secretOutputs([["jobs", "b"]], results, [])).to.not.deep.include(["results", "a"]);
  });
});

describe("the causes of an update of a set", () => {
  const a = { state: "COMPLETED" };
  const causes: [what: string, results: object, causes: Record<string, string>, halfDeleted?: string[]][] = [
    ["the state of a job that has not completed", { a, b: { state: "ERROR" } }, { "jobs.b.state": "ADD" }],
    ["a replaced job with assets", { a, b: { ...a, former: [{}] } }, { "jobs.b.assets": "DELETE" }],
    ["a job that was not created", { a }, { "jobs.b": "ADD" }],
    ["a job that was not deleted", { a, b: a, c: a }, { "jobs.c": "DELETE" }],
    ["a job whose deletion was interrupted", { a, b: a }, { "jobs.a.assets": "DELETE" }, ["a"]],
    ["else the results", { a, b: a }, { results: "UPDATE" }],
  ];
  for (const [what, results, expected, halfDeleted] of causes) {
    it(`are ${what}`, () => {
      const found = jobSetKind.causes({ results }, { jobs: { a: {}, b: {} } }, halfDeleted);
      const entries = found.map(({ path, kind }) => [path.join("."), kind]);
      expect(Object.fromEntries(entries)).to.deep.equal(expected);
    });
  }
});
