/** Describes TypeScript interfaces in the package schema, so that their doc comments are the only description. */
import ts from "typescript";

import { pascal } from "../typescript";
import { typeNameOf } from "./names";
import { isShared, structs, typeOfStruct } from "./shapes";
import type { SourceMember } from "./source";
import { docOf, membersOf } from "./source";
import type { Described, PropertySpec, Types, TypeSpec } from "./types";
import { any, asset, valuesSentence } from "./types";
import { forEveryLanguage } from "./wording";

/** Functions cannot cross languages, so these members lack them. The generation fails if it finds others, or not these. */
export const leftOut: Readonly<Record<string, "the member" | "the function">> = {
  "FileCriteria.assetName": "the member",
  "S3ExportArgs.key": "the function",
};

/**
 * Types that are written differently. Generators make of a union of texts and objects what reads badly or accepts
 * everything (Java `Either`, Go `pulumi.Input`), so the schema has the one form that can express the others.
 */
const written: Readonly<Record<string, TypeSpec>> = {
  OpenApiDocument: asset,
  UploadBody: asset,
  "CommonJobArgs.triggers": any,
};

/** Credentials among the members. */
const secrets = new Set([
  "ApiAssetArgs.apiKey",
  "Job.apiKey",
  "Job.signedUrl",
  "JobResult.signedUrl",
  "SignedDownload.url",
]);

/** Of inputs of resources, arguments of functions, and outputs of both. An argument is plain in every language. */
type Side = "input" | "argument" | "output";

export class Interfaces {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly types: Types,
    /** Types of members that the job type table describes, by their places. */
    private readonly ofTable: Readonly<Record<string, TypeSpec>>,
    /** Adapts the description of a member to the resources that have it. */
    private readonly adapt: (description: string) => string = (description) => description,
    /** The entries of `leftOut` that were met. */
    private readonly met = new Set<string>(),
  ) {}

  describe(members: readonly SourceMember[], side: Side): Record<string, Described> {
    return Object.fromEntries(
      members
        .filter(({ place }) => !(leftOut[place] === "the member" && this.met.add(place)))
        .map((member) => [member.name, this.member(member, side)]),
    );
  }

  private member({ place, node, optional, doc }: SourceMember, side: Side): Described {
    const spec = this.ofTable[place] ?? written[place] ?? this.type(node, place, side);
    const values = side === "output" ? literals(this.checker.getTypeFromTypeNode(unwrap(node))) : undefined;
    const property: PropertySpec = {
      ...spec,
      ...(side === "input" && isPlain(node) && { plain: true }),
      description: this.adapt(forEveryLanguage(doc)) + (values ? valuesSentence(values) : ""),
      ...(secrets.has(place) && { secret: true }),
    };
    if (doc.trim() === "") throw new Error(`${place} has no doc comment.`);
    return { property, required: !optional && !/\| undefined>?$/.test(node.getText()) };
  }

  private type(given: ts.TypeNode, place: string, side: Side): TypeSpec {
    const node = unwrap(given);
    const item = (of: ts.TypeNode): TypeSpec => ({
      ...this.type(of, place, side),
      ...(side === "input" && isPlain(given) && isPlain(of) && { plain: true }),
    });
    if (ts.isArrayTypeNode(node)) return { type: "array", items: item(node.elementType) };
    if (ts.isUnionTypeNode(node)) {
      const options = node.types.filter(
        (option) => option.kind !== ts.SyntaxKind.UndefinedKeyword && !this.isLeftOut(option, place),
      );
      if (options.length === 1) return this.type(options[0]!, place, side);
    }
    if (ts.isTypeReferenceNode(node)) {
      const name = node.typeName.getText();
      if (written[name]) return written[name];
      if (name === "Record") return { type: "object", additionalProperties: item(node.typeArguments![1]!) };
      if (name === "Omit" || name === "Pick") return this.part(node, place, side);
    }
    const type = this.checker.getTypeFromTypeNode(node);
    const values = literals(type);
    if (values) return side === "output" ? { type: "string" } : this.types.enumeration(values);
    if (type.flags & ts.TypeFlags.String) return { type: "string" };
    if (type.flags & ts.TypeFlags.Number) return { type: "integer" };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    if (ts.isTypeReferenceNode(node) && type.isClassOrInterface()) return this.interface(type, side);
    if (type.isUnion()) return this.form(type.types, place, side);
    throw new Error(`${place} has the type ${node.getText()}, which the schema cannot express.`);
  }

  /** A text or an object that holds it: the object. */
  private form(options: readonly ts.Type[], place: string, side: Side): TypeSpec {
    const objects = options.filter((option) => option.isClassOrInterface());
    if (objects.length !== 1 || options.length !== 2) {
      throw new Error(`${place} has ${options.length} forms, which the schema cannot express as one.`);
    }
    return this.interface(objects[0]!, side);
  }

  private interface(type: ts.Type, side: Side): TypeSpec {
    const name = typeNameOf(type.symbol.name);
    const shape = structs.get(name);
    if (shape)
      return typeOfStruct(this.types, shape, isShared(name) ? "both" : side === "output" ? side : "input");
    const doc = docOf(this.checker, type.symbol);
    return this.types.object(name, doc, () => this.describe(membersOf(this.checker, type), side));
  }

  /** `Omit` gives a type no name, so it is named after its member. The arguments of a content have `…Content` as theirs. */
  private part(node: ts.TypeReferenceNode, place: string, side: Side): TypeSpec {
    const [owner, member] = place.split(".") as [string, string];
    if (owner !== "RevisionContent") throw new Error(`${place} has a type without a name.`);
    const component = node.typeArguments![0]!.getText().replace(/Args$/, "");
    const doc = `One content of a revision: the arguments of \`${component}\` that the publication does not set.`;
    const type = this.checker.getTypeFromTypeNode(node);
    return this.types.object(`${pascal(member)}Content`, doc, () =>
      this.describe(membersOf(this.checker, type), side),
    );
  }

  private isLeftOut(node: ts.TypeNode, place: string): boolean {
    const inner = ts.isParenthesizedTypeNode(node) ? node.type : node;
    return ts.isFunctionTypeNode(inner) && leftOut[place] === "the function" && Boolean(this.met.add(place));
  }
}

const wrapper = /^(pulumi\.)?(Input|Output|Unwrap)$/;

/**
 * Whether the value is never an output of another resource. A map of objects counts as one that may be, because the Go
 * generator declares no type for the objects of a plain map.
 */
function isPlain(node: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(node)) return node.types.every(isPlain);
  if (!ts.isTypeReferenceNode(node)) return true;
  const name = node.typeName.getText();
  return !wrapper.test(name) && !(name === "Record" && ts.isTypeReferenceNode(node.typeArguments![1]!));
}

/** The type without `Input`, `Output`, `Unwrap`, `readonly` and parentheses. */
function unwrap(node: ts.TypeNode): ts.TypeNode {
  if (ts.isTypeReferenceNode(node) && wrapper.test(node.typeName.getText()))
    return unwrap(node.typeArguments![0]!);
  if (ts.isParenthesizedTypeNode(node) || ts.isTypeOperatorNode(node)) return unwrap(node.type);
  return node;
}

/** The values of a type that is only literals of text. */
function literals(type: ts.Type): string[] | undefined {
  const options = type.isUnion() ? type.types : [type];
  return options.every((option) => option.isStringLiteral())
    ? options.map((option) => option.value)
    : undefined;
}
