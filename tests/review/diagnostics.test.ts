import { expect } from "chai";

import { readPreview } from "../../review/index";

const read = (...messages: (string | object)[]) =>
  readPreview(
    JSON.stringify({
      diagnostics: messages.map((message) => ({
        severity: "error",
        ...(typeof message === "string" ? { message } : message),
      })),
    }),
  ).errors.map(({ message }) => message);

describe("review: an error of a preview", () => {
  const failed = "Running program '/market' failed with an unhandled exception:\n";

  it("of the compiler is file, line and reason, one for each place", () => {
    const long = `{ ${"member: string; ".repeat(30)}}`;
    expect(
      read(
        `error: ${failed}TSError: ⨯ Unable to compile TypeScript:
index.ts(2,26): error TS2322: Type '{ d: number; }' is not assignable to type '{ c: number; }'.
  Object literal may only specify known properties, and 'd' does not exist in type '{ c: number; }'.
src/more.ts(3,26): error TS2322: Type 'string' is not assignable to type 'number'.
index.ts(5,3): error TS2345: Argument of type '${long}' is not assignable to parameter of type '{ z: A; }'.
  The types of 'z.a.b' are incompatible between these types.
    Property 'c' is missing in type '{}' but required in type '{ c: number; }'.

    at createTSError (/market/node_modules/ts-node/index.js:2879:12)
`,
      ),
    ).to.deep.equal([
      "index.ts(2,26): error TS2322: Type '{ d: number; }' is not assignable to type '{ c: number; }'. Object literal may only specify known properties, and 'd' does not exist in type '{ c: number; }'.",
      "src/more.ts(3,26): error TS2322: Type 'string' is not assignable to type 'number'.",
      "index.ts(5,3): error TS2345: Argument of type '{ member: string; member: string; member: string; member: string; member: string; member: st… Property 'c' is missing in type '{}' but required in type '{ c: number; }'.",
    ]);
  });

  it("of a compiler that writes for people is the same", () => {
    expect(
      read(
        `${failed}TSError: ⨯ Unable to compile TypeScript:
index.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'.

3 const x: number = "one";
        ~
`,
      ),
    ).to.deep.equal(["index.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'."]);
  });

  it("of a file that Node cannot parse has place and reason", () => {
    expect(
      read(`${failed}/market/index.js:3\nconst x = ;\n          ^\n\nSyntaxError: Unexpected token ';'`),
    ).to.deep.equal([
      "Running program '/market' failed with an unhandled exception: /market/index.js:3: SyntaxError: Unexpected token ';'",
    ]);
  });

  it("of a property that a check refuses is without the value, whatever that holds", () => {
    const refused = (value: string) =>
      `a:b:C resource 'x': property apiKey value {&{{${value}}}} has a problem: is not known here`;
    for (const value of [
      "PLANTED",
      "PLANTED has a problem: PLANTED",
      "one\nPLANTED",
      "': property PLANTED value ",
    ])
      expect(read(refused(value))).to.deep.equal([
        "a:b:C resource 'x': property apiKey has a problem: is not known here",
      ]);
    expect(
      read(
        "pulumi:providers:aws resource 'x' has a problem: bad:\n\t\t- property key with value '{PLANTED}' has a problem: missing",
      ),
    ).to.deep.equal([
      "pulumi:providers:aws resource 'x' has a problem: bad: - property key has a problem: missing",
    ]);
  });

  it("is told once, however many say it, at a cost in proportion", () => {
    const messages = Array.from({ length: 20_000 }, (_, index) => `failure ${index}`);
    expect(read(...messages, ...messages)).to.have.length(20_000);
  });
});
