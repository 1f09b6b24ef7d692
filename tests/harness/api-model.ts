/**
 * The service's public API model, and its differences from the operations of service-model: names, kinds, locations and
 * bounds.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { installPython } from "../../scripts/find-aws-cli";
import { run } from "../../scripts/run-program";
import type { Operation } from "../../service-model/operations/operation";
import { locationOf, wireName } from "../../service-model/operations/operation";
import type { Member, Shape, StructShape } from "../../service-model/shape";

interface Reference {
  readonly shape: string;
  /** Default: the body. */
  readonly location?: "uri" | "querystring" | "header" | "headers";
  readonly locationName?: string;
}

export interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly member?: Reference;
  readonly value?: Reference;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly payload?: string;
  readonly exception?: boolean;
  readonly error?: { readonly httpStatusCode: number };
}

interface ModelOperation {
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode: number };
  readonly input?: Reference;
  readonly output?: Reference;
  readonly errors?: readonly Reference[];
}

export interface ApiModel {
  readonly operations: Readonly<Record<string, ModelOperation>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const file = "botocore/data/dataexchange/2017-07-25/service-2.json.gz";

async function readApiModel(): Promise<ApiModel> {
  const python = await installPython();
  const text = await run(
    python,
    ["-c", "import botocore, os; print(os.path.dirname(os.path.dirname(botocore.__file__)))"],
    {
      env: process.env,
      timeoutMs: 30_000,
    },
  );
  return JSON.parse(gunzipSync(await readFile(join(text.trim(), file))).toString("utf8")) as ApiModel;
}

let apiModel: Promise<ApiModel> | undefined;

/** The model of botocore, which is installed from PyPI if it is missing. The first call can take minutes. */
export const loadApiModel = (): Promise<ApiModel> => (apiModel ??= readApiModel());

type Fact = readonly [what: string, ours: unknown, theirs: unknown];

const describe = (value: unknown): string =>
  value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);

const differing = (at: string, facts: readonly Fact[]): string[] =>
  facts
    .filter(([, ours, theirs]) => describe(ours) !== describe(theirs))
    .map(([what, ours, theirs]) => `${at} ${what}: ${describe(ours)}, not ${describe(theirs)}`);

const sorted = (items: readonly string[] | undefined) => items && [...items].sort();

/** Prints each difference as `path fact: our value, not the model's value`. */
export class Comparison {
  constructor(private readonly model: ApiModel) {}

  differences(name: string, ours: Operation): string[] {
    const theirs = this.model.operations[name];
    if (!theirs) return [`${name}: is not in the model`];
    const { method, requestUri, responseCode } = theirs.http;
    const errors = theirs.errors?.map(({ shape }) => shape) ?? [];
    return [
      ...differing(name, [
        ["method", ours.method, method],
        ["path", ours.path.replace(/\{\w/g, (start) => start.toUpperCase()), requestUri],
        ["status", ours.status, responseCode],
        ...[...new Set([...ours.errors, ...errors])].map((error): Fact => {
          const has = (names: readonly string[]) => (names.includes(error) ? "present" : "absent");
          return [error, has(ours.errors), has(errors)];
        }),
        ["output", ours.output && "some", theirs.output && "some"],
      ]),
      ...this.#struct(ours.input, theirs.input!.shape, `${name} input`),
      ...this.#locations(ours, this.model.shapes[theirs.input!.shape]!, `${name} input`),
      ...(ours.output && theirs.output
        ? this.#struct(ours.output, theirs.output.shape, `${name} output`)
        : []),
    ];
  }

  #locations(operation: Operation, theirs: ModelShape, at: string): string[] {
    return Object.entries(operation.input.members).flatMap(([name, member]) => {
      const wire = wireName(name, member);
      const reference = theirs.members?.[nameIn(theirs, name, member)];
      if (!reference) return [];
      return differing(`${at}.${wire}`, [
        ["location", ourLocation(operation, name, member), modelLocation(theirs, reference, wire)],
      ]);
    });
  }

  #shape(ours: Shape, { shape }: Reference, at: string): string[] {
    const theirs = this.model.shapes[shape]!;
    const kind = ours.kind === "struct" ? "structure" : ours.kind;
    const found = differing(at, [["kind", kind, theirs.type], ...bounds(ours, theirs)]);
    if (ours.kind === "list" && theirs.member) found.push(...this.#shape(ours.of, theirs.member, `${at}[]`));
    if (ours.kind === "map" && theirs.value) found.push(...this.#shape(ours.of, theirs.value, `${at}{}`));
    if (ours.kind === "struct" && theirs.members) found.push(...this.#struct(ours, shape, at));
    return found;
  }

  #struct(ours: StructShape, shape: string, at: string): string[] {
    const theirs = this.model.shapes[shape]!;
    const ourMembers = new Map(
      Object.entries(ours.members).map(([name, member]) => [nameIn(theirs, name, member), member] as const),
    );
    const missing = Object.keys(theirs.members ?? {}).filter((name) => !ourMembers.has(name));
    return [
      ...missing.map((name) => `${at}.${name}: is missing`),
      ...[...ourMembers].flatMap(([name, member]) => {
        const reference = theirs.members?.[name];
        if (!reference) return [`${at}.${name}: is not in the model`];
        const must = (required: boolean | undefined) => (required ? "yes" : "no");
        return [
          ...differing(`${at}.${name}`, [
            ["required", must(member.required), must(theirs.required?.includes(name))],
          ]),
          ...this.#shape(member.shape, reference, `${at}.${name}`),
        ];
      }),
    ];
  }

  /** The differences of one shape. */
  ofShape(ours: Shape, shape: string): string[] {
    return this.#shape(ours, { shape }, shape);
  }

  valuesOf(shape: string): readonly string[] {
    return this.model.shapes[shape]?.enum ?? [];
  }
}

/** The model's name of a member. If the model's name is not the name on the wire, our name is the one on the wire. */
function nameIn({ members = {} }: ModelShape, name: string, member: Member): string {
  const wire = wireName(name, member);
  const renamed = Object.entries(members).find(
    ([, { location, locationName }]) => !location && locationName === wire,
  );
  return renamed?.[0] ?? wire;
}

function modelLocation({ payload }: ModelShape, { location, locationName }: Reference, name: string): string {
  if (payload === name) return "payload";
  return location ? `${location} ${locationName ?? ""}` : `body ${locationName ?? name}`;
}

function ourLocation(operation: Operation, name: string, member: Member): string {
  const wire = wireName(name, member);
  const locations = {
    path: `uri ${wire}`,
    query: `querystring ${name}`,
    header: `header ${operation.headers?.[name] ?? ""}`,
    queryMap: "querystring ",
    headerMap: `headers ${operation.headerMap?.prefix ?? ""}`,
    payload: "payload",
    body: `body ${wire}`,
  };
  return locations[locationOf(operation, name)];
}

function bounds(ours: Shape, theirs: ModelShape): Fact[] {
  const { min = 0, max } = theirs;
  switch (ours.kind) {
    case "string":
      return [
        ["values", sorted(ours.values), sorted(theirs.enum)],
        ["pattern", normalizePattern(ours.pattern), normalizePattern(theirs.pattern)],
        ["minimum length", ours.minLength ?? 0, min],
        ["maximum length", ours.maxLength, max],
      ];
    case "list":
      return [
        ["minimum items", ours.minItems ?? 0, min],
        ["maximum items", ours.maxItems, max],
      ];
    case "integer":
    case "double":
      return [
        ["minimum", ours.min, theirs.min],
        ["maximum", ours.max, max],
      ];
    default:
      return [];
  }
}

/** Removes the anchors of a pattern, and replaces escapes by their characters. */
const normalizePattern = (pattern: string | undefined): string | undefined =>
  pattern
    ?.replaceAll("$|^", "|")
    .replace(/^\^|\$$/g, "")
    .replaceAll("\\/", "/")
    .replaceAll("\\d", "[0-9]")
    .replaceAll("\\x21", "!")
    .replaceAll("\\x7E", "~");
