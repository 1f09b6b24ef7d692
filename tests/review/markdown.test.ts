import { expect } from "chai";

import { toMarkdown, toText } from "../../review/index";
import {
  at,
  created,
  deleted,
  importOf,
  imported,
  replaced,
  reviewed,
  step,
  unknown,
  urnOf,
} from "./previews";

const many = reviewed(Array.from({ length: 50 }, (_, index) => created(`job-${index + 10}`)));

describe("review: Markdown", () => {
  it("is a heading, a list for each action, and what the others are", () => {
    const steps = [replaced("again", ["x"], ["x", "y"]), created("new"), deleted("gone")];
    expect(toMarkdown(reviewed(steps))).to.equal(`<!-- pulumi-dataexchange review of market/prod -->

### AWS Data Exchange, \`market/prod\`: 1 new job will run, 1 runs again, 1 is deleted

#### Runs again

- **\`again\`** imports 2 objects of \`source\` into revision \`rrrrrrrr…\` of data set \`dddddddd…\`
  - Why: 1 object added: \`s3://source/y\`
  - **Look out:** revision \`rrrrrrrr…\` is the same, so 1 asset will be in it twice: \`x\`; \`onDelete: "deleteAssets"\`, applied before this in a run that does not replace the job, has the old ones deleted

#### New

- **\`new\`** imports 1 object of \`source\` into revision \`rrrrrrrr…\` of data set \`dddddddd…\`
  - Why: it is new

#### Runs nothing

- **\`gone\`** is deleted
`);
  });

  it("is cut between two jobs, says how many are missing, and is never longer than it may be", () => {
    const whole = toMarkdown(many);
    expect(toMarkdown(many, whole.length)).to.equal(whole);
    for (const limit of [100, 300, 500, 1000, 1001, 2000, whole.length - 1]) {
      expect(toMarkdown(many, limit).length, String(limit)).to.be.at.most(limit);
    }
    for (const limit of [1000, 2000, whole.length - 1]) {
      const text = toMarkdown(many, limit);
      const shown = text.match(/^- \*\*.*\n {2}- Why: it is new$/gm)!.length;
      expect(text.match(/^- \*\*/gm)).to.have.length(shown);
      expect(shown).to.be.above(0).and.below(50);
      expect(text).to.contain(
        `\n\n*${50 - shown} more job${shown === 49 ? "" : "s"}: not shown here, because a comment may not be longer.*`,
      );
    }
  });

  it("leaves no heading without a job below it", () => {
    const review = reviewed([replaced("again", ["x"], ["y"]), created("new"), created("other")]);
    for (let limit = 300; limit < toMarkdown(review).length; limit += 7) {
      expect(toMarkdown(review, limit), String(limit)).not.to.match(/^####[^\n]*\s*(\*|####|$(?![^]))/m);
    }
  });

  it("has names in code spans, where nothing is markup, a mention or a reference", () => {
    const hostile = "@team `a` **b** #1 <img src=x> [c](http://d)";
    const text = toMarkdown(reviewed([created(hostile, ["``x``"])]));
    expect(text).to.contain(`- **\`\`${hostile}\`\`** imports`);
    const key = toMarkdown(reviewed([replaced("a", [], ["``x`` @team"])]));
    expect(key).to.contain("Why: 1 object added: ```s3://source/``x`` @team```");
    expect(toMarkdown(reviewed([created("`")]))).to.contain("- **`` ` ``** imports");
    const lines = toMarkdown(reviewed([created("two\n# lines")]));
    expect(lines)
      .to.contain("**`two # lines`**")
      .and.not.match(/^# lines/m);
  });

  it("keeps a stack's name from ending the comment that marks it", () => {
    const json = { ...(created("a") as { urn: string }) };
    json.urn = json.urn.replace("::market::", "::--> <b>::");
    const [first] = toMarkdown(reviewed([json])).split("\n");
    expect(first).to.match(/^<!-- pulumi-dataexchange review of [\w./-]+ -->$/);
    expect(first!.indexOf("-->")).to.equal(first!.length - 3);
  });

  it("has whatever somebody else has named in code spans, on one line each", () => {
    const evil = "<img src=x>\n\n# @team **b** [c](http://d:planted@e) `f`";
    const type = `aws:dataexchange/x:<b>@team</b>`;
    const place = { dataSetId: evil, revisionId: evil };
    const job = step("replace", {
      name: evil,
      inputs: { ...importOf([evil], place), triggers: [{ [evil]: evil }], region: evil },
      old: imported([evil], {
        state: evil,
        triggers: [{}],
        region: "x",
        errors: [{ code: evil, message: evil }],
      }),
      replaceReasons: ["details", "triggers", "region", evil],
      parent: urnOf(evil, type),
    });
    const needing = step("create", { name: "needing", inputs: importOf([unknown]) }) as { newState: object };
    Object.assign(needing.newState, { propertyDependencies: { details: [urnOf(evil, type)] } });
    const left = step("update", {
      name: "left",
      inputs: importOf(["a"]),
      old: imported([], { state: evil, __pending: true }),
    });
    const waiting = step("delete", { name: "waiting", old: imported([], { state: "WAITING" }) });
    const failed = step("replace", {
      name: "f",
      inputs: importOf(["a"]),
      old: imported([], { state: "ERROR", errors: [{ code: evil, message: evil }] }),
      replaceReasons: ["state"],
    });
    const steps = [job, needing, left, waiting, failed, step("create", { name: evil, type, inputs: {} })];
    const text = toMarkdown(
      reviewed(steps, {
        diagnostics: [
          { severity: "error", message: evil, urn: urnOf(evil) },
          { severity: "info", message: evil, urn: urnOf(evil, "dataexchange:index:S3Import") },
        ],
      }),
    );
    for (const line of text.split("\n")) {
      const prose = line.replace(/^(<!-- pulumi|#{3,4} )/, "").replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
      expect(prose, line).not.to.match(/[<@#[]/);
      expect(line).not.to.match(/^# |^<img/);
    }
    expect(text).not.to.contain("planted");
  });

  it("has the stack's name as one line, in a code span", () => {
    const job = { ...(created("a") as { urn: string }) };
    job.urn = job.urn.replace("prod::market", "a\n\n# <b>`x`\u202e::market");
    const text = toMarkdown(reviewed([job]));
    expect(text).to.contain("### AWS Data Exchange, `` market/a # <b>`x` ``: 1 new job will run\n");
    expect(toText(reviewed([job]))).to.match(/^market\/a # <b>`x`: 1 new job will run\n/);
  });

  it("tells what components decide later, and of a job that goes what goes with it", () => {
    const urn = urnOf("copy", "dataexchange:index:RevisionExport");
    const diagnostics = [{ severity: "info", urn, message: "The revisions are not known yet.\n" }];
    const revision = step("delete", {
      name: "november",
      type: "aws:dataexchange/revision:Revision",
      old: { outputs: { id: "x", revisionId: at.revisionId } },
    });
    const review = reviewed([revision, step("delete", { name: "gone", old: imported(["a", "b"]) })], {
      diagnostics,
    });
    expect(toMarkdown(review)).to.contain(`
#### Decided later

- **\`copy\`** (\`dataexchange:index:RevisionExport\`): \`The revisions are not known yet.\`

#### Runs nothing

- **\`gone\`** is deleted; 2 assets that it made go with revision \`november\`
`);
    expect(toText(review)).to.contain(
      "\ncopy (dataexchange:index:RevisionExport): The revisions are not known yet.\n",
    );
  });

  it("names ten errors, and of more the number of the rest", () => {
    const diagnostics = Array.from({ length: 12 }, (_, index) => ({
      severity: "error",
      message: `error: @team failure ${String.fromCharCode(65 + index)}\n    at somewhere`,
    }));
    const text = toMarkdown(reviewed([created("a")], { diagnostics }));
    expect(text).to.contain("**The preview failed**, so jobs may be missing here.");
    expect(text)
      .to.contain("- `@team failure A`\n")
      .and.contain("- and 2 more\n")
      .and.not.contain("somewhere");
  });
});

describe("review: text", () => {
  it("has nothing that a terminal would obey, and of many errors ten", () => {
    const diagnostics = Array.from({ length: 12 }, (_, index) => ({
      severity: "error",
      message: `error: \u001b[31mfailure ${index} of https://example.com/x?Signature=abc`,
    }));
    const text = toText(reviewed([created("red\u001b[31m\nname")], { diagnostics }));
    expect(text)
      .to.contain("\n  error: [31mfailure 9 of https://example.com/x?[secret]\n  error: and 2 more\n")
      .and.contain("\nred [31m name imports")
      .and.not.match(/[^\n\P{Cc}]/u);
  });

  it("has no markup, and each job on lines of its own", () => {
    const inputs = { ...importOf(["x"]), triggers: [{ etag: "two" }] };
    const old = {
      outputs: { ...importOf(["x"]), state: "COMPLETED", assets: [], triggers: [{ etag: "one" }] },
    };
    const review = reviewed([step("replace", { name: "again", inputs, old, replaceReasons: ["triggers"] })]);
    expect(toText(review)).to.equal(`market/prod: 1 job runs again

again imports 1 object of source into revision rrrrrrrr… of data set dddddddd…
  why: trigger etag changed from one to two
`);
  });
});
