/** Reads classes and interfaces of the package with the TypeScript compiler. */
import { resolve } from "node:path";

import ts from "typescript";

/** A member of a class or an interface, as it is written. */
export interface SourceMember {
  readonly name: string;
  /** Name of the interface or class that declares it, and its own name, such as `S3ExportArgs.key`. */
  readonly place: string;
  readonly node: ts.TypeNode;
  readonly optional: boolean;
  readonly doc: string;
}

/** A function that reads what exists: its arguments and the members of its result. */
export interface SourceLookup {
  readonly name: string;
  readonly doc: string;
  readonly args: readonly SourceMember[];
  readonly result: readonly SourceMember[];
}

/** The package without `@pulumi/aws`, whose types take most of the time of the compiler and appear in no argument. */
export class Source {
  readonly checker: ts.TypeChecker;
  private readonly program: ts.Program;

  constructor() {
    const options: ts.CompilerOptions = {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node20,
      types: [],
      skipLibCheck: true,
    };
    const host = ts.createCompilerHost(options);
    host.resolveModuleNameLiterals = (literals, file, redirected, all) =>
      literals.map(({ text }) =>
        text.startsWith("@pulumi/aws")
          ? { resolvedModule: undefined }
          : ts.resolveModuleName(text, file, all, host, undefined, redirected, ts.ModuleKind.CommonJS),
      );
    this.program = ts.createProgram([resolve("index.ts")], options, host);
    this.checker = this.program.getTypeChecker();
  }

  /** The doc comment of a class. */
  doc(file: string, name: string): string {
    return docOf(this.checker, this.declared(file, name).symbol);
  }

  /** The members of an interface. */
  members(file: string, name: string): SourceMember[] {
    return membersOf(this.checker, this.declared(file, name));
  }

  /** The outputs that a resource class declares, without those that every resource has. */
  outputs(file: string, name: string): SourceMember[] {
    return this.members(file, name).filter(
      ({ node }) =>
        !/node_modules/.test(node.getSourceFile().fileName) && /^(pulumi\.)?Output</.test(node.getText()),
    );
  }

  /** The functions that return a promise. Each of the others is one of these for arguments that may be outputs. */
  lookups(file: string): SourceLookup[] {
    const { checker } = this;
    const { statements } = this.program.getSourceFile(resolve(file))!;
    return statements.filter(ts.isFunctionDeclaration).flatMap((node): SourceLookup[] => {
      const { parameters, type } = node;
      if (!type || !ts.isTypeReferenceNode(type) || type.typeName.getText() !== "Promise") return [];
      const { symbol } = checker.getTypeAtLocation(node);
      return [
        {
          name: symbol.name,
          doc: docOf(checker, symbol),
          args: membersOf(checker, checker.getTypeAtLocation(parameters[0]!)),
          result: membersOf(checker, checker.getTypeFromTypeNode(type.typeArguments![0]!)),
        },
      ];
    });
  }

  private declared(file: string, name: string): ts.Type {
    const found = this.program
      .getSourceFile(resolve(file))
      ?.statements.find(
        (node) =>
          (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name?.text === name,
      );
    if (!found) throw new Error(`${file} does not declare ${name}.`);
    return this.checker.getTypeAtLocation(found);
  }
}

/** The members of a type, also inherited and picked ones, in their order. */
export function membersOf(checker: ts.TypeChecker, type: ts.Type): SourceMember[] {
  return checker.getPropertiesOfType(type).flatMap((symbol): SourceMember[] => {
    const declaration = symbol.declarations?.find(
      (node) => ts.isPropertySignature(node) || ts.isPropertyDeclaration(node),
    );
    if (!declaration?.type) return [];
    const owner = (declaration.parent as ts.InterfaceDeclaration).name?.text ?? "";
    return [
      {
        name: symbol.name,
        place: `${owner}.${symbol.name}`,
        node: declaration.type,
        optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        doc: docOf(checker, symbol),
      },
    ];
  });
}

/** The comment as prose: without code, and with the default and the errors as sentences. */
export function docOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const text = ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/```[\s\S]*?```/g, "");
  const tags = symbol.getJsDocTags(checker).flatMap(({ name, text }) => {
    const said = ts.displayPartsToString(text);
    if (name === "default") return [`Default: ${/^["[]/.test(said) ? quoteValue(said) : said}.`];
    return name === "throws" ? [`\n\nErrors: ${said}`] : [];
  });
  return [text, ...tags].join(" ");
}

/** `@default "retain", so that …` begins with a value. */
const quoteValue = (text: string): string =>
  text.replace(/^("[^"]*"|\[[^\]]*\])/, (value) => `\`${value.replace(/^"|"$/g, "")}\``);
