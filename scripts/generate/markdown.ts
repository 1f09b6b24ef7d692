/** Prints the reference of job types from the table. */
import { args } from "../../provider/core/arguments";
import { jobTypes } from "../../service-model/job-types";
import type { Member, Shape } from "../../service-model/shape";

export function printReference(): string {
  return [
    "<!-- Generated from service-model/job-types by `npm run generate`; change those instead. -->",
    "# Job types",
    "Every job type of AWS Data Exchange, as `type` and `details` of a `Job`. Names are those of the API with a lowercase " +
      "first letter. Reordering a set or writing out a default is not a change.",
    `## Arguments of every type

A change of an argument marked _replaces_ runs a new job; a change of one marked _in place_ runs nothing.

- \`type\` (required, replaces): One of the types below.
- \`details\` (required, replaces): The member that belongs to the type.
- \`upload\` (for some types, replaces): An asset with the body: a file, a text or a remote file.
- \`triggers\` (optional, replaces): Any values. A change of any of them runs the job again.
${Object.entries(args)
  .flatMap(([name, arg]) => [
    item(name, `${need(arg)}, ${arg.onChange === "replace" ? "replaces" : "in place"}`, meaning(arg)),
    ...items(membersOf(arg.shape), `${name}.`).map((line) => `  ${line}`),
  ])
  .join("\n")}`,
    ...jobTypes.map(
      ({ type, detailsKey, summary, details, response, upload, concurrency, createsAssets }) => `## ${type}

A job of this type ${summary}.

${[
  `Details: \`${detailsKey}\`.`,
  upload && `Needs \`upload\`: ${upload.body}.`,
  createsAssets ? "Creates assets, which the output `assets` lists." : "Creates no assets.",
  `At most ${concurrency.value} in progress at once (“${concurrency.limitName}”; ${concurrency.source}).`,
]
  .filter(Boolean)
  .join(" ")}

${items(details.members).join("\n")}${
        Object.keys(response).length === 0
          ? ""
          : `\n\nFurther outputs of this type:\n\n${Object.entries(response)
              .map(([name, member]) => `- \`${name}\`: ${member.doc}`)
              .join("\n")}`
      }`,
    ),
  ].join("\n\n");
}

/** One item for each member; nested members are listed by their paths. */
function items(members: Readonly<Record<string, Member>>, prefix = ""): string[] {
  return Object.entries(members).flatMap(([name, member]) => [
    item(prefix + name, need(member), meaning(member)),
    ...items(membersOf(member.shape), `${prefix}${name}${member.shape.kind === "list" ? "[]" : ""}.`),
  ]);
}

const item = (name: string, how: string, text: string): string => `- \`${name}\` (${how}): ${text}`;

const meaning = ({ doc, default: standard }: Member): string =>
  standard === undefined || doc.includes("Default") ? doc : `${doc} Default: \`${standard}\`.`;

function need(member: Member): string {
  if (member.fromUpload) return "computed";
  return member.required ? "required" : "optional";
}

function membersOf(shape: Shape): Readonly<Record<string, Member>> {
  if (shape.kind === "struct") return shape.members;
  return shape.kind === "list" ? membersOf(shape.of) : {};
}
