import { expect } from "chai";

import { NotAPreviewError, parsePreview } from "../../review/parse-preview";
import { reviewOf } from "../../review/review";
import { headlineOf } from "../../review/summary";
import { created, previewOf, same, urnOf } from "./previews";

const preview = previewOf([created("prices"), same("calm")]);
const pretty = JSON.stringify(JSON.parse(preview), undefined, 4);
const headline = (input: string) => headlineOf(reviewOf(parsePreview(input)));

function refusal(input: string): NotAPreviewError {
  try {
    parsePreview(input);
  } catch (error) {
    if (error instanceof NotAPreviewError) return error;
    throw error;
  }
  throw new Error("The input was parsed.");
}

describe("parsePreview with text around the preview", () => {
  const inputs: Record<string, string> = {
    "messages of policy packs": `Installing policy pack house-rules 1.0.0...\nFinished installing policy pack\n\n${pretty}`,
    "a note about a new version of the CLI": `${pretty}\nwarning: A new version of Pulumi is available.\n`,
    "the message of --save-plan": `${pretty}\nUpdate plan written to 'plan.json'\n`,
    "colours and braces": `\u001b[31mwarning: {${"\u001b"}[0m use { and }\n{not: json}\n\u001b[0m${pretty}\n}\n`,
    "a log of JSON lines": `{"level":"info","message":"{"}\n["a"]\n${preview}\n{"level":"info"}\n`,
    "line ends of Windows": `Installing...\r\n${pretty.replaceAll("\n", "\r\n")}\r\ndone\r\n`,
    "text on its last line": `${pretty} done`,
  };
  for (const [what, input] of Object.entries(inputs)) {
    it(`finds the preview beside ${what}`, () =>
      expect(headline(input)).to.equal("1 new job will run, 1 stays"));
  }

  it("takes linear time", () => {
    const long = JSON.stringify({ changeSummary: {}, config: { text: `${'\\"{'.repeat(500_000)}` } });
    expect(headline(`text\n${long}\ntext`)).to.equal("no Data Exchange jobs are affected");
  });

  it("quotes the text in an error without credentials and control characters", () => {
    for (const end of [10, 200, pretty.length - 1]) {
      expect(refusal(pretty.slice(0, end))).to.have.property("code", "truncated-json");
      const beside = refusal(`Installing https://me:word@host/x\u0007\n${pretty.slice(0, end)}`);
      expect(beside).to.have.property("code", "truncated-json");
      expect(beside.message).to.match(/"Installing https:\/\/host\/x"\.$/);
    }
    expect(refusal("error: no region\n{}\n").message).to.match(/"error: no region"\.$/);
  });
});

describe("parsePreview of an invalid input", () => {
  const urn = "urn:pulumi:prod::market::a:b:C::d";
  const summary = { result: "succeeded", duration: 5, summary: { replace: 1 }, resources: [{ urn }] };
  const events = [0, 1].map((sequence) => JSON.stringify({ sequence, timestamp: 1, cancelEvent: {} }));
  const stream = events.join("\n");
  const ofOtherTool = { diagnostics: [{ severity: "error", summary: "x", detail: "y" }] };
  const evolve = previewOf([{ ...created("prices"), op: "evolve" }]);
  const cases: [what: string, code: string, ...inputs: (string | object)[]][] = [
    ["nothing", "empty-input", "", " \n"],
    ["text", "not-json", "Previewing update (prod)"],
    ["half a document", "truncated-json", '{"steps": ['],
    ["the output of a Pulumi that failed before it began", "empty-preview", "{}"],
    ["other JSON values", "not-a-preview", "[]", "null", "12"],
    ["an exported stack", "not-a-preview", { version: 3, deployment: { resources: [] } }],
    ["other documents", "not-a-preview", { name: "pulumi", version: 3 }, { resourcePlans: {}, config: {} }],
    ["other steps", "not-a-preview", { steps: [{ run: "npm test" }] }, { name: "ci", steps: [] }],
    ["steps that are no list", "not-a-preview", { steps: "many" }],
    ["a summary", "not-a-preview", summary],
    ["a duration without steps", "not-a-preview", { duration: 5 }, { config: {}, duration: 5 }],
    ["diagnostics of other tools", "not-a-preview", ofOtherTool],
    ["counts of other tools", "not-a-preview", { changeSummary: { added: "many" } }],
    ["counted changes without steps", "not-a-preview", { changeSummary: { replace: 1, same: 2 } }],
    [
      "changes of which one has no step",
      "not-a-preview",
      { steps: [{ op: "same", urn }], changeSummary: { create: 1 } },
    ],
    ["events of the engine", "event-stream", stream, { sequence: 0, timestamp: 1, preludeEvent: {} }],
    ["several previews in lines", "several-previews", `${preview}\n${preview}`, `${preview}\nx\n${preview}`],
    ["several previews in one line", "several-previews", preview + preview],
    ["an unknown operation of a job", "unknown-operation", evolve],
  ];
  for (const [what, code, ...inputs] of cases) {
    it(`rejects ${what} as ${code}`, () => {
      for (const input of inputs.flatMap((each) =>
        typeof each === "string" ? [each] : [JSON.stringify(each), JSON.stringify(each, undefined, 2)],
      )) {
        expect(refusal(input)).to.have.property("code", code);
        expect(refusal(input).message).to.not.contain("\n");
      }
    });
  }

  it("names the command that wrote the input, if it is known", () => {
    expect(refusal(JSON.stringify(summary)).message).to.contain("pulumi preview --output json");
    expect(refusal(stream).message).to.contain("--event-log").and.contain("_STREAMING_");
  });
});

describe("parsePreview of a valid input", () => {
  it("accepts a preview without steps", () => {
    expect(parsePreview('{"changeSummary": {}}').steps).to.deep.equal([]);
    const { errors } = parsePreview('{"diagnostics": [{"severity": "error", "message": "no"}]}');
    expect(errors).to.have.length(1);
    expect(parsePreview('\n{"changeSummary": {}, "duration": 5}').summary).to.deep.equal({});
    const evolved = previewOf([{ op: "evolve", urn: "urn:pulumi:prod::market::a:b:C::d" }]);
    expect(headline(evolved)).to.equal("no Data Exchange jobs are affected");
  });

  it("accepts steps without states", () => {
    const urn = "urn:pulumi:prod::market::a$b:c:D::name::with$parts";
    const [step] = parsePreview(JSON.stringify({ steps: [{ op: "create", urn }] })).steps;
    const parts = { stack: "prod", project: "market", type: "b:c:D", name: "name::with$parts" };
    expect(step!.urn).to.include(parts);
    expect(step).to.deep.include({ op: "create", replaceReasons: [] });
  });
});

describe("parsePreview of error messages", () => {
  const errorsOf = (...messages: (string | object)[]) => {
    const members = messages.map((message) => (typeof message === "string" ? { message } : message));
    const diagnostics = members.map((each) => ({ severity: "error", ...each }));
    const { errors } = parsePreview(JSON.stringify({ diagnostics }));
    return errors.map(({ urn, message }) => (urn ? `${urn.name}: ${message}` : message));
  };
  const failed = "Running program '/market' failed with an unhandled exception:\n";

  const long = `{ ${"member: string; ".repeat(30)}}`;
  const cases: [what: string, message: string, lines: string[]][] = [
    ["the first line", "error: no region\n    at somewhere\n", ["no region"]],
    [
      "the line after a colon",
      `${failed}Error: nothing goes\n    at x`,
      ["Running program '/market' failed with an unhandled exception: Error: nothing goes"],
    ],
    [
      "a URL without its query",
      "failed to reach https://me:word@example.com/?X=abc",
      ["failed to reach https://example.com/?[secret]"],
    ],
    [
      "file, line and reason of each error of the compiler",
      `error: ${failed}TSError: ⨯ Unable to compile TypeScript:
index.ts(2,26): error TS2322: Type '{ d: number; }' is not assignable to type '{ c: number; }'.
  Object literal may only specify known properties, and 'd' does not exist in type '{ c: number; }'.
src/more.ts(3,26): error TS2322: Type 'string' is not assignable to type 'number'.
index.ts(5,3): error TS2345: Argument of type '${long}' is not assignable to parameter of type '{ z: A; }'.
  The types of 'z.a.b' are incompatible between these types.
    Property 'c' is missing in type '{}' but required in type '{ c: number; }'.

    at createTSError (/market/node_modules/ts-node/index.js:2879:12)
`,
      [
        "index.ts(2,26): error TS2322: Type '{ d: number; }' is not assignable to type '{ c: number; }'. Object literal may only specify known properties, and 'd' does not exist in type '{ c: number; }'.",
        "src/more.ts(3,26): error TS2322: Type 'string' is not assignable to type 'number'.",
        "index.ts(5,3): error TS2345: Argument of type '{ member: string; member: string; member: string; member: string; member: string; member: st… Property 'c' is missing in type '{}' but required in type '{ c: number; }'.",
      ],
    ],
    [
      "file, line and reason of the compiler's readable format",
      `${failed}index.ts:3:7 - error TS2322: Type 'string' is not assignable.\n\n3 const x: number = "one";\n        ~\n`,
      ["index.ts:3:7 - error TS2322: Type 'string' is not assignable."],
    ],
    [
      "file, line and reason of a syntax error in Node",
      `${failed}/market/index.js:3\nconst x = ;\n          ^\n\nSyntaxError: Unexpected token ';'`,
      [
        "Running program '/market' failed with an unhandled exception: /market/index.js:3: SyntaxError: Unexpected token ';'",
      ],
    ],
  ];
  for (const [what, message, lines] of cases)
    it(`keeps ${what}`, () => expect(errorsOf(message)).to.deep.equal(lines));

  it("omits the value of a rejected property, whatever it contains", () => {
    const refused = (value: string) =>
      `a:b:C resource 'x': property apiKey value {&{{${value}}}} has a problem: is not known here`;
    const values = [
      "PLANTED",
      "PLANTED has a problem: PLANTED",
      "one\nPLANTED",
      "': property PLANTED value ",
    ];
    const shown = "a:b:C resource 'x': property apiKey has a problem: is not known here";
    for (const value of values) expect(errorsOf(refused(value))).to.deep.equal([shown]);
    const problem = "pulumi:providers:aws resource 'x' has a problem: bad:";
    const ofProvider = `${problem}\n\t\t- property key with value '{PLANTED}' has a problem: missing`;
    expect(errorsOf(ofProvider)).to.deep.equal([`${problem} - property key has a problem: missing`]);
  });

  it("keeps a repeated message once for each resource", () => {
    const message = "must not be empty";
    const stack = urnOf("market-prod", "pulumi:pulumi:Stack");
    const of = (name: string) => ({ urn: urnOf(name), message });
    const short = [{ ...of("b"), message: "not be empty" }, { message: "Be empty" }];
    const found = errorsOf(of("a"), of("b"), ...short, { urn: stack, message });
    expect(found).to.deep.equal([`a: ${message}`, `b: ${message}`]);
  });

  it("reads 20,000 messages in linear time", () => {
    const messages = Array.from({ length: 20_000 }, (_, index) => `failure ${index}`);
    expect(errorsOf(...messages, ...messages)).to.have.length(20_000);
  });
});
