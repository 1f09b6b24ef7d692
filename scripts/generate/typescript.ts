/** Prints the resource's TypeScript types from the job type table, so that the two cannot differ. */
import { isDeepStrictEqual } from "node:util";

import { args, defaultTimeouts } from "../../provider/core/arguments";
import { jobError } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { jobTypes } from "../../service-model/job-types";
import type { Member, Shape, StructShape } from "../../service-model/shape";

/** Inputs may be outputs of other resources at every leaf; outputs are plain. */
type Side = "input" | "output";

/** The printed structures by their names. */
type Interfaces = Map<string, { readonly shape: StructShape; readonly text: string }>;

export const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export function printTypes(): string {
  const interfaces: Interfaces = new Map();
  const body = [
    ...jobTypes.flatMap((jobType) => printJobArgs(jobType, interfaces)),
    `/** Arguments of a Job: a type, and the details of that type. */
export type JobArgs = ${jobTypes.map(argsName).join(" | ")};`,
    printCommonArgs(interfaces),
  ];
  printStruct(jobError, "output", interfaces);
  return [
    "// Generated from service-model and provider/core/arguments.ts by `npm run generate`; change those instead.",
    'import type { Input } from "@pulumi/pulumi";',
    'import type { UploadBody } from "./upload-asset";',
    `/** Types of Data Exchange jobs. */\nexport type JobType = ${jobTypes.map(({ type }) => JSON.stringify(type)).join(" | ")};`,
    `/** Members of \`details\`, one for each type. */
export type DetailsKey = ${jobTypes.map(({ detailsKey }) => JSON.stringify(detailsKey)).join(" | ")};

/** The member of \`details\` that belongs to a type. */
export type DetailsOf<Key extends DetailsKey, Details> = { [Own in Key]: Input<Details> };`,
    ...body,
    ...[...interfaces.values()].map(({ text }) => text),
  ].join("\n\n");
}

const argsName = ({ detailsKey }: JobType): string => `${pascal(detailsKey)}JobArgs`;

function printJobArgs(jobType: JobType, interfaces: Interfaces): string {
  const { type, detailsKey, summary, upload, concurrency, details } = jobType;
  const uploadMember = upload
    ? `${comment(
        `Body to upload: ${upload.body}. State contains only its hash. The MD5 is computed from the body. ` +
          "A remote file is fetched when the program runs, so its URL is not stored. Changed content replaces " +
          "the job.",
      )}  upload: Input<UploadBody>;`
    : "  /** This type uploads nothing. */\n  upload?: undefined;";
  return `${comment(
    `A job that ${summary}. At most ${concurrency.value} are in progress at once in an account and region ` +
      `(“${concurrency.limitName}”; source: ${concurrency.source}); further jobs wait until one ends.`,
    "",
    [`@see ${apiReference(`${details.name}RequestDetails`)}`],
  )}export interface ${argsName(jobType)} extends CommonJobArgs {
${comment("Type of the job. A change replaces the job.")}  type: ${JSON.stringify(type)};
${comment("Details of the job. A change replaces the job; reordering a set or writing out a default is not a change.")}  details: Input<DetailsOf<${JSON.stringify(detailsKey)}, ${printStruct(details, "input", interfaces)}>>;
${uploadMember}
}`;
}

function printCommonArgs(interfaces: Interfaces): string {
  const members = Object.entries(args).map(([name, arg]) => {
    const change =
      arg.onChange === "replace"
        ? "A change replaces the job."
        : "A change updates the resource and runs nothing.";
    return printMember(name, { ...arg, doc: `${arg.doc} ${change}` }, "input", interfaces);
  });
  const { members: phaseMembers } = args["timeouts"]!.shape as StructShape;
  const phases = Object.entries(defaultTimeouts).map(
    ([phase, time]) => `${comment(phaseMembers[phase]!.doc)}  ${phase}: ${JSON.stringify(time)},`,
  );
  return `/** Arguments of every type of Job. */
export interface CommonJobArgs {
${comment(
  "Any values. A change of one of them replaces the job, so that it runs again. Assets are compared by content.",
)}  triggers?: Input<Input<unknown>[] | Record<string, Input<unknown>>>;
${members.join("\n")}
}

/** How long each phase of a job may wait by default. */
export const defaultTimeouts = {
${phases.join("\n")}
} as const;`;
}

/** Adds the interfaces of a struct and of all structs in it, and returns its name. */
export function printStruct(shape: StructShape, side: Side, interfaces: Interfaces): string {
  const name = side === "input" ? `${shape.name}Args` : shape.name;
  const printed = interfaces.get(name);
  if (printed && !isDeepStrictEqual(printed.shape, shape))
    throw new Error(`Two different structures have the name ${shape.name}. Rename one, or define it once.`);
  if (!printed) {
    interfaces.set(name, { shape, text: "" });
    const members = Object.entries(shape.members).map(([member, facts]) =>
      printMember(member, facts, side, interfaces),
    );
    const what =
      shape.doc ??
      (side === "input" ? `\`${shape.name}\` of the API, as an input.` : `\`${shape.name}\` of the API.`);
    const tags = side === "input" ? [] : [`@see ${apiReference(shape.name)}`];
    const text = `${comment(what, "", tags)}export interface ${name} {\n${members.join("\n")}\n}`;
    interfaces.set(name, { shape, text });
  }
  return name;
}

function printMember(name: string, member: Member, side: Side, interfaces: Interfaces): string {
  const mustBe = member.required && !(side === "input" && member.fromUpload);
  const tags = member.default === undefined ? [] : [`@default ${JSON.stringify(member.default)}`];
  return `${comment(member.doc, "  ", tags)}  ${name}${mustBe ? "" : "?"}: ${printType(member.shape, side, interfaces)};`;
}

function printType(shape: Shape, side: Side, interfaces: Interfaces): string {
  const inner = printInner(shape, side, interfaces);
  return side === "input" ? `Input<${inner}>` : inner;
}

function printInner(shape: Shape, side: Side, interfaces: Interfaces): string {
  switch (shape.kind) {
    case "string":
      return shape.values?.map((value) => JSON.stringify(value)).join(" | ") ?? "string";
    case "timestamp":
      return "string";
    case "integer":
    case "double":
      return "number";
    case "boolean":
      return "boolean";
    case "list": {
      const item = printType(shape.of, side, interfaces);
      return `${item.includes(" | ") && side === "output" ? `(${item})` : item}[]`;
    }
    case "map":
      return `Record<string, ${printType(shape.of, side, interfaces)}>`;
    case "struct":
      return printStruct(shape, side, interfaces);
  }
}

const apiReference = (shape: string): string =>
  `https://docs.aws.amazon.com/data-exchange/latest/apireference/API_${shape}.html`;

/** A doc comment, folded to the width of a line. */
function comment(text: string, indent = "  ", tags: readonly string[] = []): string {
  const lines = text.split(" ").reduce<string[]>((folded, word) => {
    const last = folded.at(-1);
    if (last !== undefined && last.length + word.length < 100) folded[folded.length - 1] = `${last} ${word}`;
    else folded.push(word);
    return folded;
  }, []);
  if (tags.length > 0) lines.push("", ...tags);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${`${indent} * ${line}`.trimEnd()}\n`).join("")}${indent} */\n`;
}
