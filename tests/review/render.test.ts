import { expect } from "chai";

import { unknownValue as unknown } from "../../lib/pulumi-values";
import { toJson, toMarkdown, toText } from "../../review/render";
import { at, created, deleted, importOf, imported, replaced, reviewed, same, step, urnOf } from "./previews";

const steps = [replaced("again", ["x"], ["x", "y"]), created("new"), deleted("gone"), same("calm")];
describe("toMarkdown", () => {
  it("writes a heading, a list for each action, and the other resources", () => {
    const bucket = step("create", { name: "b", type: "aws:s3/bucket:Bucket", inputs: {} });
    expect(toMarkdown(reviewed([...steps, bucket]))).to
      .equal(`<!-- pulumi-dataexchange review of market/prod -->

### AWS Data Exchange, \`market/prod\`: 1 new job will run, 1 runs again, 1 is deleted, 1 stays

#### Runs again

- **\`again\`** imports 2 objects of \`source\` into revision \`rrrrrrrr…\` of data set \`dddddddd…\`
  - Why: 1 object added: \`s3://source/y\`
  - **Warning:** 1 asset will be in revision \`rrrrrrrr…\` twice: \`x\`. To have the old assets deleted, first set \`onDelete: "deleteAssets"\` in a run that does not replace the job

#### New

- **\`new\`** imports 1 object of \`source\` into revision \`rrrrrrrr…\` of data set \`dddddddd…\`
  - Why: it is new

#### Does not run

- **\`gone\`** is deleted

Other resources: 1 created.
`);
  });

  it("cuts between two jobs, counts the omitted jobs, and never exceeds the limit", () => {
    const many = reviewed(Array.from({ length: 50 }, (_, index) => created(`job-${index + 10}`)));
    const whole = toMarkdown(many);
    expect(toMarkdown(many, whole.length)).to.equal(whole);
    for (const limit of [100, 300, 500, 1000, 1001, 2000, whole.length - 1])
      expect(toMarkdown(many, limit).length, String(limit)).to.be.at.most(limit);
    for (const limit of [1000, 2000, whole.length - 1]) {
      const text = toMarkdown(many, limit);
      const shown = text.match(/^- \*\*.*\n {2}- Why: it is new$/gm)!.length;
      expect(text.match(/^- \*\*/gm)).to.have.length(shown);
      expect(shown).to.be.above(0).and.below(50);
      expect(text).to.match(new RegExp(`\\n\\n\\*${50 - shown} more jobs?: not shown here`));
    }
  });

  it("writes no heading without a job below it", () => {
    const review = reviewed([replaced("again", ["x"], ["y"]), created("new"), created("other")]);
    for (let limit = 300; limit < toMarkdown(review).length; limit += 7)
      expect(toMarkdown(review, limit), String(limit)).not.to.match(/^####[^\n]*\s*(\*|####|$(?![^]))/m);
  });

  it("writes names in code spans, so that they cannot be markup, a mention or a reference", () => {
    const hostile = "@team `a` **b** #1 <img src=x> [c](http://d)";
    const ofName = (name: string) => toMarkdown(reviewed([created(name)]));
    expect(ofName(hostile)).to.contain(`- **\`\`${hostile}\`\`** imports`);
    const key = toMarkdown(reviewed([replaced("a", [], ["``x`` @team"])]));
    expect(key).to.contain("Why: 1 object added: ```s3://source/``x`` @team```");
    expect(ofName("`")).to.contain("- **`` ` ``** imports");
    expect(ofName("two\n# lines"))
      .to.contain("**`two # lines`**")
      .and.not.match(/^# lines/m);
  });

  it("writes the stack's name on one line, where it cannot close the HTML comment", () => {
    const withStack = (stack: string) => {
      const job = created("a") as { urn: string };
      return reviewed([{ ...job, urn: job.urn.replace("prod::market", stack) }]);
    };
    const [first] = toMarkdown(withStack("prod::--> <b>")).split("\n");
    expect(first).to.match(/^<!-- pulumi-dataexchange review of [\w./-]+ -->$/);
    expect(first!.indexOf("-->")).to.equal(first!.length - 3);
    const hostile = withStack("a\n\n# <b>`x`\u202e::market");
    expect(toMarkdown(hostile)).to.contain("### AWS Data Exchange, `` market/a # <b>`x` ``: 1 new job");
    expect(toText(hostile)).to.match(/^market\/a # <b>`x`: 1 new job will run\n/);
  });

  it("writes every text of the input in code spans, on one line", () => {
    const evil = "<img src=x>\n\n# @team **b** [c](http://d:planted@e) `f`";
    const type = `aws:dataexchange/x:<b>@team</b>`;
    const errors = [{ code: evil, message: evil }];
    const job = step("replace", {
      name: evil,
      inputs: {
        ...importOf([evil], { dataSetId: evil, revisionId: evil }),
        triggers: [{ [evil]: evil }],
        region: evil,
      },
      old: imported([evil], { state: evil, triggers: [{}], region: "x", errors }),
      replaceReasons: ["details", "triggers", "region", evil],
      parent: urnOf(evil, type),
    });
    const needing = step("create", {
      name: "needing",
      inputs: importOf([unknown]),
      propertyDependencies: { details: [urnOf(evil, type)] },
    });
    const left = step("update", {
      name: "left",
      inputs: importOf(["a"]),
      old: imported([], { state: evil, __pending: true }),
    });
    const failed = step("replace", {
      name: "f",
      inputs: importOf(["a"]),
      old: imported([], { state: "ERROR", errors }),
      replaceReasons: ["state"],
    });
    const waiting = deleted("waiting", [], { state: "WAITING" });
    const other = step("create", { name: evil, type, inputs: {} });
    const diagnostics = [
      { severity: "error", message: evil, urn: urnOf(evil) },
      { severity: "info", message: evil, urn: urnOf(evil, "dataexchange:index:S3Import") },
    ];
    const text = toMarkdown(reviewed([job, needing, left, waiting, failed, other], { diagnostics }));
    for (const line of text.split("\n")) {
      const prose = line.replace(/^(<!-- pulumi|#{3,4} )/, "").replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
      expect(prose, line).not.to.match(/[<@#[]/);
      expect(line).not.to.match(/^# |^<img/);
    }
    expect(text).to.contain("**The preview failed**, so jobs may be missing here.");
    expect(text).not.to.contain("planted");
  });

  it("writes deferred decisions, and the assets that are deleted with a revision", () => {
    const urn = urnOf("copy", "dataexchange:index:RevisionExport");
    const diagnostics = [{ severity: "info", urn, message: "The revisions are not known yet.\n" }];
    const revision = step("delete", {
      name: "november",
      type: "aws:dataexchange/revision:Revision",
      old: { outputs: { id: "x", revisionId: at.revisionId } },
    });
    const review = reviewed([revision, deleted("gone", ["a", "b"])], { diagnostics });
    expect(toMarkdown(review)).to.contain(`
#### Decided later

- **\`copy\`** (\`dataexchange:index:RevisionExport\`): \`The revisions are not known yet.\`

#### Does not run

- **\`gone\`** is deleted; 2 assets that it created are deleted with revision \`november\`
`);
    expect(toText(review)).to.contain(
      "\ncopy (dataexchange:index:RevisionExport): The revisions are not known yet.\n",
    );
  });
});

describe("toText", () => {
  it("writes no control characters, and at most ten errors", () => {
    const message = (index: number) => `\u001b[31mfailure ${index} of https://a.com/x?Signature=abc`;
    const diagnostics = Array.from({ length: 12 }, (_, index) => ({
      severity: "error",
      message: message(index),
    }));
    const text = toText(reviewed([created("red\u001b[31m\nname")], { diagnostics }));
    expect(text)
      .to.contain("\n  error: [31mfailure 9 of https://a.com/x?[secret]\n  error: and 2 more\n")
      .and.contain("\nred [31m name imports")
      .and.not.match(/[^\n\P{Cc}]/u);
  });
});

describe("toJson", () => {
  const parse = (review: Parameters<typeof toJson>[0]) =>
    JSON.parse(toJson(review)) as Record<string, unknown> & { jobs: object[] };

  it("writes a version and the facts of the other formats", () => {
    const json = parse(reviewed(steps));
    expect(json).to.deep.include({
      version: 1,
      project: "market",
      stack: "prod",
      headline: "1 new job will run, 1 runs again, 1 is deleted, 1 stays",
      errors: [],
      unaffected: 1,
      deferred: [],
      queues: [],
      otherResources: {},
      changed: [{ urn: urnOf("gone"), name: "gone", action: "delete", text: "is deleted" }],
    });
    expect(json.jobs).to.have.length(2);
    expect(json.jobs[0]).to.containSubset({
      urn: urnOf("again"),
      name: "again",
      action: "rerun",
      type: "IMPORT_ASSETS_FROM_S3",
      reasons: [{ kind: "items-changed", property: "details", text: "1 object added: s3://source/y" }],
      warnings: [
        { kind: "duplicate-assets", cause: "last-run", assets: ["x"], remedy: "set-on-delete-first" },
      ],
    });
    expect(json.jobs[1]).to.deep.include({ name: "new", action: "new", warnings: [] });
  });

  it("omits the number of unaffected jobs if the preview does not show them", () => {
    const json = parse(reviewed([], { changeSummary: { same: 3 } }));
    expect(json).not.to.have.property("unaffected");
    expect(json).to.deep.include({ otherResources: { same: 3 } });
  });
});
