import { expect } from "chai";

import { NotAPreviewError, readPreview, reviewOf, toText } from "../../review/index";
import { created, previewOf, same } from "./previews";

const preview = previewOf([created("prices"), same("calm")]);
const pretty = JSON.stringify(JSON.parse(preview), undefined, 4);
const headline = (input: string) => toText(reviewOf(readPreview(input))).split("\n")[0];

const refusal = (input: string): string => {
  try {
    readPreview(input);
  } catch (error) {
    if (error instanceof NotAPreviewError) return error.message;
    throw error;
  }
  throw new Error("It was read.");
};

describe("review: a preview among text", () => {
  const around: Record<string, string> = {
    "policy packs": `Installing policy pack house-rules 1.0.0...\nFinished installing policy pack\n\n${pretty}`,
    "a new version of the CLI": `${pretty}\nwarning: A new version of Pulumi is available.\n`,
    "--save-plan": `${pretty}\nUpdate plan written to 'plan.json'\n`,
    "colours and braces": `\u001b[31mwarning: {${"\u001b"}[0m use { and }\n{not: json}\n\u001b[0m${pretty}\n}\n`,
    "a log of JSON lines": `{"level":"info","message":"{"}\n["a"]\n${preview}\n{"level":"info"}\n`,
    "ends of lines of Windows": `Installing...\r\n${pretty.replaceAll("\n", "\r\n")}\r\ndone\r\n`,
    "text on the last line": `${pretty} done`,
  };
  for (const [what, input] of Object.entries(around)) {
    it(`is found: ${what}`, () => {
      expect(headline(input)).to.equal("market/prod: 1 new job will run, 1 stays");
    });
  }

  it("is found by one look at each character", () => {
    const long = JSON.stringify({ changeSummary: {}, config: { text: `${'\\"{'.repeat(500_000)}` } });
    expect(headline(`text\n${long}\ntext`)).to.equal("no Data Exchange jobs are affected");
  });

  it("is refused when it is cut off, and text beside it is quoted without what a terminal would obey", () => {
    for (const end of [10, 200, pretty.length - 1]) {
      expect(refusal(pretty.slice(0, end))).to.match(/^The input is no JSON\. It is cut off:/);
      expect(refusal(`Installing https://me:word@host/x\u0007\n${pretty.slice(0, end)}`)).to.match(
        /^The input is no JSON\. It is cut off: .* Beside it stands "Installing https:\/\/host\/x"\.$/,
      );
    }
    expect(refusal("Previewing update (prod)\nmore")).to.match(
      /^The input is no JSON\. .* Beside it stands "Previewing update \(prod\)"\.$/,
    );
    expect(refusal("error: no region\n{}\n")).to.match(
      /^The preview is empty: .*stands "error: no region"\.$/,
    );
  });

  it("is refused when there are several", () => {
    for (const between of ["\n", "", "\ntext\n"])
      expect(refusal(`${preview}${between}${preview}`)).to.match(/^The input holds 2 previews/);
  });
});

describe("review: a document that is no preview", () => {
  const urn = "urn:pulumi:prod::market::a:b:C::d";
  const others: Record<string, object> = {
    "a summary": {
      result: "succeeded",
      duration: 5,
      summary: { replace: 1 },
      resources: [{ urn, op: "replace" }],
    },
    "a duration": { duration: 5 },
    "config and a duration": { config: {}, duration: 5 },
    "a workflow": { name: "ci", steps: [] },
    "another tool's diagnostics": { diagnostics: [{ severity: "error", summary: "x", detail: "y" }] },
    "another tool's counts": { changeSummary: { added: "many" } },
    "a count of changes without its steps": { changeSummary: { replace: 1, same: 2 } },
    "steps that another tool has filtered": { steps: [{ op: "same", urn }], changeSummary: { create: 1 } },
    "a plan": { resourcePlans: {}, config: {} },
    "an engine's event": { sequence: 0, timestamp: 1, preludeEvent: { config: {} } },
  };
  for (const [what, document] of Object.entries(others)) {
    it(`is refused: ${what}`, () => {
      for (const text of [JSON.stringify(document), JSON.stringify(document, undefined, 2)])
        expect(refusal(text)).to.match(/no preview\.|stream of the engine's events/);
    });
  }

  it("is refused when it does with a job what is not known here", () => {
    const evil = previewOf([{ ...created("prices"), op: "evolve" }]);
    expect(refusal(evil)).to.match(
      /^The preview has an operation "evolve" of job prices, which this version/,
    );
    expect(headline(previewOf([{ op: "evolve", urn }]))).to.equal(
      "market/prod: no Data Exchange jobs are affected",
    );
  });

  it("names the command that wrote it, where it can be told", () => {
    expect(refusal(JSON.stringify(others["a summary"]))).to.contain("pulumi preview --output json");
    const log = [0, 1, 2].map((sequence) => JSON.stringify({ sequence, timestamp: 1, cancelEvent: {} }));
    expect(refusal(log.join("\n")))
      .to.contain("--event-log")
      .and.contain("_STREAMING_");
  });
});
