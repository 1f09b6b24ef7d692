import { expect } from "chai";
import ts from "typescript";

import { Interfaces } from "../../../scripts/generate/schema/interfaces";
import { membersOf } from "../../../scripts/generate/schema/source";
import type { Described } from "../../../scripts/generate/schema/types";
import { Types } from "../../../scripts/generate/schema/types";

// The compiler reads the comment of a member only if it begins on a line of its own.
const prelude = `
type Input<T> = T | { promise: T };
type Output<T> = { value: T };
/** A place. */
interface Place {
  /** City. */
  city: Input<string>;
  /** Street. */
  street?: Input<string>;
}
/** A person. */
interface Person {
  /** Name. */
  name: string;
}
`;

/** Describes the member \`x\` of an interface. */
function describeMember(
  member: string,
  side: "input" | "argument" | "output" = "input",
): Described & { types: Types } {
  const name = "args.ts";
  const text = `${prelude} interface XArgs {\n/** It. */\n${member} }`;
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const host = {
    ...ts.createCompilerHost({}),
    getSourceFile: (path: string) => (path === name ? file : undefined),
  };
  const checker = ts.createProgram([name], { strict: true, noLib: true, types: [] }, host).getTypeChecker();
  const declaration = file.statements.at(-1)!;
  const types = new Types();
  const members = membersOf(checker, checker.getTypeAtLocation(declaration));
  return { ...new Interfaces(checker, types, {}).describe(members, side)["x"]!, types };
}

const typeOf = (member: string, side?: "input" | "argument" | "output"): object => {
  const { description, ...type } = describeMember(member, side).property;
  expect(description).to.match(/^It\./);
  return type;
};

describe("the schema of an interface", () => {
  it("has the types of inputs, and what is not an input is plain", () => {
    expect(typeOf("x: Input<string>")).to.deep.equal({ type: "string" });
    expect(typeOf("x: boolean")).to.deep.equal({ type: "boolean", plain: true });
    expect(typeOf("x: Input<Input<string>[]>")).to.deep.equal({ type: "array", items: { type: "string" } });
    expect(typeOf("x: string[]")).to.deep.equal({
      type: "array",
      items: { type: "string", plain: true },
      plain: true,
    });
    expect(typeOf("x: Input<Record<string, Input<number>>>")).to.deep.equal({
      type: "object",
      additionalProperties: { type: "integer" },
    });
  });

  it("marks no argument of a function as plain, because each is", () => {
    const array = { type: "array", items: { type: "string" } };
    expect(typeOf("x?: readonly string[]", "argument")).to.deep.equal(array);
    expect(typeOf("x: 'DESCRIBE' | 'SELECT'", "argument")).to.have.property("$ref");
  });

  it("has a map of objects as an input", () => {
    const item = { $ref: "#/types/dataexchange:index:Place" };
    expect(typeOf("x: Record<string, Place>")).to.deep.equal({ type: "object", additionalProperties: item });
  });

  it("declares the interfaces that a member refers to", () => {
    const { types } = describeMember("x: Input<Place>");
    expect(types.all["dataexchange:index:Place"]).to.deep.equal({
      type: "object",
      description: "A place.",
      properties: {
        city: { type: "string", description: "City." },
        street: { type: "string", description: "Street." },
      },
      required: ["city"],
    });
  });

  it("has enumerations in inputs, and texts in outputs", () => {
    expect(typeOf('x: Input<"DESCRIBE" | "SELECT">')).to.deep.equal({
      $ref: "#/types/dataexchange:index:TablePermission",
    });
    expect(typeOf('readonly x: Output<"DESCRIBE" | "SELECT">', "output")).to.deep.equal({ type: "string" });
  });

  it("requires members that are always present", () => {
    const required = (member: string, side?: "output") => describeMember(member, side).required;
    expect(required("x: Input<string>")).to.equal(true);
    expect(required("x?: Input<string>")).to.equal(false);
    expect(required("x: Output<string | undefined>", "output")).to.equal(false);
  });

  it("has one object for a text or an object", () => {
    expect(typeOf("x: Input<string | Place>")).to.deep.equal({ $ref: "#/types/dataexchange:index:Place" });
  });

  const inexpressible: [member: string, message: RegExp][] = [
    ["x: () => string", /XArgs\.x has the type \(\) => string/],
    ["x: Input<string> | (() => string)", /XArgs\.x has 3 forms/],
    ["x: Input<Place | Person>", /XArgs\.x has 2 forms/],
    ['x: "a" | "b"', /a, b have no name/],
    ["x: symbol", /XArgs\.x has the type symbol/],
    ["x: Omit<Place, 'city'>", /XArgs\.x has a type without a name/],
  ];
  for (const [member, message] of inexpressible) {
    it(`refuses ${member}`, () => expect(() => describeMember(member)).to.throw(message));
  }
});
