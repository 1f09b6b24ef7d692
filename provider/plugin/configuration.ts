/**
 * The settings of the provider resource, which have the names of those of `@pulumi/aws`. The stack's config has them as text,
 * and generated SDKs send lists and objects as JSON.
 */
import type { CodedError } from "../../lib/message-code";
import { withCode } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { Member, Shape } from "../../service-model/shape";
import type { Problem } from "../../service-model/validate";
import { UNKNOWN, formatPath, isRecord, problem, validate } from "../../service-model/validate";
import { readBundle } from "../aws/network";
import { account, providerSettings, providerShape } from "../aws/provider-settings";
import type { ReadConfig } from "../aws/settings";
import { findChanges } from "./changes";
import { memberName, writtenPath } from "./member-names";
import type { Props } from "./values";
import { decode, seal } from "./values";

/** Settings that are or may contain credentials. */
const secretSettings = Object.keys(providerSettings).filter((name) => isSecret(providerSettings[name]!));

function isSecret({ secret, shape }: Member): boolean {
  return secret === true || (shape.kind === "struct" && Object.values(shape.members).some(isSecret));
}

/** Reads a setting by the key that it has in the config of `@pulumi/aws`. Unknown settings count as absent. */
export function readSettings(wire: Props): ReadConfig {
  const values = parseSettings(decode(wire).values);
  return (key) => {
    const value = values[key.slice(key.indexOf(":") + 1)];
    if (value === undefined || value === null || value === UNKNOWN) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}

/** The settings with their credentials secret, and a sentence for each problem. `urn` is that of the provider. */
export function checkSettings(urn: string, wire: Props): { inputs: Props; failures: string[] } {
  const { values, secrets } = decode(wire);
  const inputs = seal(wire, [...secrets, ...secretSettings.map((name) => [name])]);
  const written = parseTexts(withoutForeign(urn, values));
  const settings = convertSettings(written);
  const unreadable = Object.keys(settings).filter((name) => isUnreadable(name, settings[name]));
  const readable = { ...settings, ...Object.fromEntries(unreadable.map((name) => [name, UNKNOWN])) };
  const problems = [
    ...unreadable.map((name) => {
      const form = JSON.stringify(exampleOf(providerSettings[name]!.shape));
      return problem([name], "invalid-config", `is not valid JSON, such as ${form}`);
    }),
    ...validate(providerShape, readable),
    ...problemsOfBundle(settings.customCaBundle),
  ];
  return {
    inputs,
    failures: problems.map(({ path, code, message }) =>
      withCode(redact(`${formatPath(writtenPath(written, path))} ${message}`), code),
    ),
  };
}

/** A value of the shape with one element, and the first member of each object. */
function exampleOf(shape: Shape): unknown {
  switch (shape.kind) {
    case "list":
      return [exampleOf(shape.of)];
    case "map":
      return { name: exampleOf(shape.of) };
    case "struct":
      return Object.fromEntries(
        Object.entries(shape.members)
          .slice(0, 1)
          .map(([name, member]) => [name, exampleOf(member.shape)]),
      );
    case "integer":
      return 1;
    default:
      return shape === account ? "123456789012" : "…";
  }
}

/** A file that cannot be used is known in the preview, before the first call. */
function problemsOfBundle(path: unknown): Problem[] {
  if (typeof path !== "string") return [];
  try {
    readBundle(path);
    return [];
  } catch (error) {
    const { code, text } = error as CodedError;
    return [problem(["customCaBundle"], code, `is refused. ${text}`)];
  }
}

const isStructured = ({ kind }: Shape): boolean => ["list", "map", "struct"].includes(kind);

const isUnreadable = (name: string, value: unknown): boolean =>
  typeof value === "string" &&
  Object.hasOwn(providerSettings, name) &&
  isStructured(providerSettings[name]!.shape);

/**
 * The settings that this plugin may refuse. The engine adds some of its own. In a project named like the plugin, the stack's
 * config also contains the keys of the program.
 */
function withoutForeign(urn: string, values: Props): Props {
  const isOwnNamespace = urn.split("::")[1] !== "dataexchange";
  const foreign = (name: string) =>
    name.startsWith("__") ||
    ["version", "pluginDownloadURL"].includes(name) ||
    !(isOwnNamespace || Object.hasOwn(providerSettings, name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !foreign(name)));
}

const parseSettings = (values: Props): Props => convertSettings(parseTexts(values));

const mapSettings = (values: Props, map: (shape: Shape, value: unknown) => unknown): Props =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const shape = Object.hasOwn(providerSettings, name) ? providerSettings[name]!.shape : undefined;
      return [name, shape ? map(shape, value) : value];
    }),
  );

const convertSettings = (values: Props): Props => mapSettings(values, convert);

/** An empty setting counts as absent, as in the AWS tools. Text that is not JSON is left as it is. */
const parseTexts = (values: Props): Props =>
  mapSettings(values, (shape, value) => {
    if (value === "") return undefined;
    if (typeof value !== "string" || shape.kind === "string") return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  });

/** The config writes texts such as account ids as numbers, and admits one object for a list, as in `@pulumi/aws`. */
function convert(shape: Shape, value: unknown): unknown {
  if (shape.kind === "string") return ["number", "boolean"].includes(typeof value) ? String(value) : value;
  if (shape.kind === "list") {
    const items: unknown[] | undefined = Array.isArray(value) ? value : isSingle(value) ? [value] : undefined;
    return items ? items.map((item) => convert(shape.of, item)) : value;
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => {
      if (shape.kind === "map") return [name, convert(shape.of, held)];
      if (shape.kind !== "struct") return [name, held];
      const member = memberName(shape, value, name);
      const of = Object.hasOwn(shape.members, member) ? shape.members[member]!.shape : undefined;
      return [member, of ? convert(of, held) : held];
    }),
  );
}

const isSingle = (value: unknown): boolean => isRecord(value) || typeof value === "number";

/**
 * Names of the settings that differ. None of them replaces the provider, because another way to reach AWS runs no job again,
 * and each job names its region. The engine continues with the old settings if there is no difference.
 */
export function changedSettings(was: Props, is: Props): string[] {
  const [before, after] = [was, is].map((wire) => parseSettings(decode(wire).values)) as [Props, Props];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    (name) => findChanges(providerSettings[name]?.shape, before[name], after[name]).length > 0,
  );
}
