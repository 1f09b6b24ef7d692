import { expect } from "chai";

import { hideValues, redact } from "../../lib/redact";

/** Milliseconds of CPU, of the best of a few runs. */
function cost(text: string): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    redact(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("redact", () => {
  const cases: [text: string, redacted: string][] = [
    ["https://me:planted@host/x?X-Amz-Signature=planted.", "https://host/x?[secret]"],
    ["see 'https://me:planted@host/x?a=planted' there", "see 'https://host/x?[secret]' there"],
    ['"https://host/x?a=planted" and "http://b"', '"https://host/x?[secret]" and "http://b"'],
    ["ftp://me:planted@host/x, postgres://planted@host", "ftp://host/x, postgres://host"],
    ["http://me:pl@nted@host:80/x", "http://host:80/x"],
    ["http://me:pl/an?t#ed@host/x", "http://host/x"],
    ["http://me:pl'anted@host", "http://host"],
    ["https://host/x#access_token=planted", "https://host/x#[secret]"],
    ["https://a:planted@b,https://c:planted@d/x?e=planted", "https://b,https://d/x?[secret]"],
    ["https://b/x?u=https://c:planted@d/x", "https://b/x?[secret]"],
    ["http://[::1]:80/x@2 and http://host:8080/x@2", "http://[::1]:80/x@2 and http://host:8080/x@2"],
    ["s3://bucket/what?is#this@2.csv", "s3://bucket/what?is#this@2.csv"],
    ["HTTPS://X.TEST/a?Signature=planted", "HTTPS://X.TEST/a?[secret]"],
    ['{"url":"https://x/?a=1\\u0026b=planted"}', '{"url":"https://x/?[secret]"}'],
    ["no URL: a@b, c?d", "no URL: a@b, c?d"],
  ];
  for (const [text, redacted] of cases)
    it(`returns ${JSON.stringify(redacted)}`, () => expect(redact(text)).to.equal(redacted));

  it("takes time in proportion to the length, however many URLs there are", () => {
    for (const part of ["https://a", "https://a.b/c ", "https://u:p@", "http:", "https://a?", "x@"]) {
      const of = (number: number) => cost(part.repeat(number));
      of(20_000);
      expect(of(400_000) / Math.max(of(20_000), 1), part).to.be.below(100);
    }
  });
});

describe("hideValues", () => {
  const cases: [text: string, values: string[], hidden: string][] = [
    ["No to/a.csv in to", ["to", "to/a.csv"], "No [secret] in to"],
    ["a key such as abcd", ["abcd", "", "secret"], "a key such as [secret]"],
    [
      "is not authorized: 'a', \"a\", `a` or a",
      ["a"],
      "is not authorized: [secret], [secret], [secret] or a",
    ],
    ['no "planted" there', ["planted"], "no [secret] there"],
    ["a.b+c is not axb+c", ["a.b+c"], "[secret] is not axb+c"],
    ['{"key":"se\\"cret/\u00e9"}', ['se"cret/\u00e9'], '{"key":[secret]}'],
    ["/se%22cret%2F%C3%A9 /se%22cret/%C3%A9", ['se"cret/\u00e9'], "/[secret] /[secret]"],
    ["plain", ["\ud800 lone"], "plain"],
    ["plain", [], "plain"],
  ];
  for (const [text, values, hidden] of cases)
    it(`returns ${JSON.stringify(hidden)}`, () => expect(hideValues(text, values)).to.equal(hidden));
});
