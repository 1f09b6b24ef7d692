import { expect } from "chai";

import { Secrets } from "./secrets";

const value = 'planted "key" / 0001';

describe("prove: the look-out for secrets", () => {
  const forms: Record<string, string> = {
    "as it is": value,
    "in a URL": `https://x.test/?key=${encodeURIComponent(value)}&more`,
    "in JSON": JSON.stringify({ key: value }),
    "as base64": Buffer.from(value).toString("base64"),
    "as base64 behind one byte": Buffer.from(`:${value}:`).toString("base64"),
    "as base64 behind two bytes": Buffer.from(`id:${value}:`).toString("base64").slice(4),
    "as base64 behind many bytes": Buffer.from(`user:${value}, and more`).toString("base64"),
  };
  for (const [form, text] of Object.entries(forms)) {
    it(`finds one ${form}, and does not repeat it`, () => {
      const secrets = new Secrets();
      secrets.plant("key", value);
      const [leak, ...others] = secrets.search("somewhere", `before ${text} after`);
      expect(others).to.deep.equal([]);
      expect(leak).to.include({ secret: "key", place: "somewhere" });
      expect(leak!.around).to.contain("[key]").and.not.to.contain(value);
    });
  }

  it("knows a signed URL by its signature", () => {
    const secrets = new Secrets();
    secrets.plantSignedUrl("https://x.test/a?X-Amz-Date=1&X-Amz-Signature=0123456789abcdef");
    expect(secrets.search("log", "GET /a?X-Amz-Signature=0123456789abcdef")).to.have.length(1);
    expect(secrets.search("log", "GET /a?[secret]")).to.deep.equal([]);
  });

  it("finds nothing where nothing is, and counts what it has read", () => {
    const secrets = new Secrets();
    secrets.plant("key", value);
    expect(secrets.search("log", "planted key 0001")).to.deep.equal([]);
    expect(secrets.searched).to.deep.equal({ log: 16 });
  });
});
