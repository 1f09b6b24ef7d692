import { expect } from "chai";

import { NotAPreviewError, readPreview } from "../../review/index";

describe("review: what is no preview", () => {
  const cases: [what: string, input: string, says: RegExp][] = [
    ["nothing", "", /^The input is empty\. It takes what `pulumi preview --json/],
    ["blanks", " \n", /^The input is empty\./],
    ["text", "Previewing update (prod)", /^The input is no JSON\./],
    ["half a document", '{"steps": [', /^The input is no JSON\./],
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
    expect(readPreview('\n{"duration": 5}').summary).to.deep.equal({});
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
