import { expect } from "chai";

import { NotAPreviewError, readPreview } from "../../review/index";

describe("review: what is no preview", () => {
  const cases: [what: string, input: string, says: RegExp][] = [
    ["nothing", "", /^The input is empty\. It takes what `pulumi preview --json/],
    ["blanks", " \n", /^The input is empty\./],
    ["text", "Previewing update (prod)", /^The input is no JSON\./],
    ["half a document", '{"steps": [', /^The input is no JSON\./],
    ["what Pulumi writes that fails early", "{}", /^The preview is empty: Pulumi failed before it began/],
    ["a list", "[]", /^The input is JSON, but no preview\./],
    ["null", "null", /^The input is JSON, but no preview\./],
    ["a number", "12", /^The input is JSON, but no preview\./],
    ["another document", '{"name": "pulumi", "version": 3}', /^The input is JSON, but no preview\./],
    ["an exported stack", '{"version": 3, "deployment": {"resources": []}}', /but no preview\./],
    ["steps that are none", '{"steps": [{"run": "npm test"}]}', /but no preview\./],
    ["a list of steps that is none", '{"steps": "many"}', /but no preview\./],
    [
      "a stream of events",
      '{"sequence":1,"timestamp":2}\n{"sequence":2}',
      /^The input is a stream .*_STREAMING_/,
    ],
  ];
  for (const [what, input, says] of cases) {
    it(`${what} gets one sentence`, () => {
      expect(() => readPreview(input))
        .to.throw(NotAPreviewError, says)
        .with.property("message")
        .that.does.not.contain("\n");
    });
  }

  it("a preview of nothing, or one that failed before its first step, is one", () => {
    expect(readPreview('{"changeSummary": {}}').steps).to.deep.equal([]);
    expect(readPreview('{"diagnostics": [{"severity": "error", "message": "no"}]}').errors).to.have.length(1);
    expect(readPreview('\n{"changeSummary": {}, "duration": 5}').summary).to.deep.equal({});
  });

  it("an error is its first line, and the next one where the first only leads to it", () => {
    const told = (message: string) =>
      readPreview(JSON.stringify({ diagnostics: [{ severity: "error", message }] })).errors[0]!.message;
    expect(told("error: no region\n    at somewhere\n")).to.equal("no region");
    expect(
      told("Running program '/index.js' failed with an unhandled exception:\nError: nothing goes\n    at x"),
    ).to.equal("Running program '/index.js' failed with an unhandled exception: Error: nothing goes");
    expect(told("failed to reach https://me:word@example.com/?X=abc")).to.equal(
      "failed to reach https://example.com/?[secret]",
    );
  });

  it("an error that is told twice is one, and the same of two resources are two", () => {
    const urn = (name: string) => `urn:pulumi:prod::market::a:b:C::${name}`;
    const stack = "urn:pulumi:prod::market::pulumi:pulumi:Stack::market-prod";
    const told = (...errors: object[]) =>
      readPreview(
        JSON.stringify({ diagnostics: errors.map((error) => ({ severity: "error", ...error })) }),
      ).errors.map(({ urn, message }) => [urn?.name, message]);
    expect(
      told(
        { urn: urn("a"), message: "must not be empty" },
        { urn: urn("b"), message: "must not be empty" },
        { urn: urn("b"), message: "not be empty" },
        { urn: stack, message: "must not be empty" },
        { message: "Be empty" },
      ),
    ).to.deep.equal([
      ["a", "must not be empty"],
      ["b", "must not be empty"],
    ]);
  });

  it("anything may be missing in a step", () => {
    const urn = "urn:pulumi:prod::market::a$b:c:D::name::with$parts";
    const [step] = readPreview(JSON.stringify({ steps: [{ op: "create", urn }] })).steps;
    expect(step!.urn).to.include({
      stack: "prod",
      project: "market",
      type: "b:c:D",
      name: "name::with$parts",
    });
    expect(step).to.deep.include({ op: "create", replaceReasons: [] });
  });
});
