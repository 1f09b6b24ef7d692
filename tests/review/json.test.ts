import { expect } from "chai";

import { toJson } from "../../review/index";
import { created, deleted, replaced, reviewed, same, urnOf } from "./previews";

describe("review: JSON", () => {
  it("has a version and the same facts as the others, for a program", () => {
    const steps = [replaced("again", ["x"], ["x", "y"]), created("new"), deleted("gone"), same("calm")];
    const told = JSON.parse(toJson(reviewed(steps))) as Record<string, unknown> & { jobs: object[] };
    expect(told).to.deep.include({
      version: 1,
      project: "market",
      stack: "prod",
      headline: "1 new job will run, 1 runs again, 1 is deleted, 1 stays",
      errors: [],
      unaffected: 1,
      later: [],
      queues: [],
      otherResources: {},
      changed: [{ urn: urnOf("gone"), name: "gone", action: "delete", text: "is deleted" }],
    });
    expect(told.jobs).to.have.length(2);
    expect(told.jobs[0]).to.deep.include({
      urn: urnOf("again"),
      name: "again",
      action: "rerun",
      type: "IMPORT_ASSETS_FROM_S3",
      reasons: [{ kind: "items", property: "details", text: "1 object added: s3://source/y" }],
    });
    expect(told.jobs[0]).to.have.nested.property("cautions[0].kind", "doubles");
    expect(told.jobs[1]).to.deep.include({ name: "new", action: "new", cautions: [] });
  });

  it("says nothing of the jobs that stay where the preview does not", () => {
    const told = JSON.parse(toJson(reviewed([], { changeSummary: { same: 3 } }))) as object;
    expect(told).not.to.have.property("unaffected");
    expect(told).to.deep.include({ otherResources: { same: 3 } });
  });
});
