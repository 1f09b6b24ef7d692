import { expect } from "chai";

import { replaceSections, sectionsOf } from "../../scripts/results";

const suite = {
  milliseconds: 12_400,
  table: { head: ["call", "once"], rows: [["GetJob", "✓"]] },
  notes: ["✓: not noticed."],
  figures: { cases: 1 },
  failures: [],
};
const results = {
  ...{ command: "npm run prove -- faults", date: "2026-01-05T12:00:00.000Z", machine: "2 × Any" },
  suites: { faults: suite },
  secrets: { seeded: 2, searched: { state: 10, display: 5 }, leaks: [] },
};

describe("the page of reliability results", () => {
  it("has the tables, notes and counts of the suites that ran", () => {
    const names = ["run", "faults", "soak", "secrets"];
    const page = names.map((name) => `<!-- ${name} -->old ${name}<!-- end of ${name} -->`).join("\n");
    const text = replaceSections(page, sectionsOf([results]));
    expect(text)
      .to.contain("Machine: 2 × Any.")
      .and.to.contain("| GetJob | ✓ ")
      .and.to.contain("1 cases; 12 s; all guarantees kept. `npm run prove -- faults`, 2026-01-05.");
    expect(text)
      .to.contain("searched 15 characters in 2 places for up to 2 seeded values. None was found.")
      .and.to.contain("old soak")
      .and.not.to.contain("old faults");
  });

  it("names the guarantees that were broken", () => {
    const broken = { ...suite, failures: [{ where: "GetJob × 404", what: "the job ran twice" }] };
    expect(sectionsOf([{ ...results, suites: { faults: broken } }]).faults)
      .to.contain("BROKEN guarantees: 1")
      .and.to.contain("FAILED GetJob × 404: the job ran twice");
  });

  it("joins the suites of several runs", () => {
    const secrets = { seeded: 3, searched: { state: 1, log: 1 }, leaks: [] };
    const later = { ...results, command: "npm run prove -- soak", suites: { soak: suite }, secrets };
    const sections = sectionsOf([results, later]);
    expect(sections.faults).to.contain("`npm run prove -- faults`");
    expect(sections.soak).to.contain("`npm run prove -- soak`");
    expect(sections.secrets).to.equal(
      "The suites faults, soak searched 17 characters in 3 places for up to 3 seeded values. None was found.",
    );
  });

  it("is rejected if it lacks a section", () => {
    expect(() => replaceSections("", { faults: "" })).to.throw("faults");
  });
});
