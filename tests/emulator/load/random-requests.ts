/** Creates random requests: almost valid, invalid, and nonsense. The same seed creates the same requests. */
import { SeededRandom } from "../../../emulator/control/seeded-random";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import { locationOf } from "../../../service-model/operations/operation";
import type { Member, Shape, StructShape } from "../../../service-model/shape";
import { toHttp } from "../operations/wire";

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
const oddTexts = [
  ...["", " ", "\0", "../../etc/passwd", "%", "😀", "\ud800", "__proto__", "${Asset.Name}"],
  "a".repeat(5000),
];
const pollution: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}');
const oddValues: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, "", [], {}, [[[]]], [null], { a: { b: {} } }, { length: 1 }],
  ...["2026-13-45", pollution, ...oddTexts],
];
const oddBodies = [
  ...[undefined, "", "{", "[]", '"text"', "null", "[".repeat(20_000), `{"a":`.repeat(5000)],
  ...oddTexts,
  ...oddValues.map((value) => JSON.stringify(value)),
];
const s3Queries = [
  ...["", "?list-type=2", "?uploads", "?delete", "?policy", "?tagging", "?X-Amz-Expires=x"],
  "?uploadId=x&partNumber=-1",
];
/** Paths of the admin API; `clock/advance` is absent because a valid request would move the clock. */
const adminPaths = ["clock", "faults/x", "requests", "jobs?region=%00", "nothing", "settings/"];
const oddAuthorizations = [
  ...["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c", "Basic eA=="],
  `AWS4-HMAC-SHA256 ${"Credential=,".repeat(500)}`,
];

export class RandomRequests {
  readonly #random: SeededRandom;

  /** `ids` are those of existing resources of any kind. */
  constructor(
    seed: string,
    private readonly ids: readonly string[],
  ) {
    this.#random = new SeededRandom(seed);
  }

  next(): RandomRequest {
    const kind = this.#random.fraction();
    if (kind < 0.7) return this.#operation();
    if (kind < 0.8) return this.#s3();
    if (kind < 0.85) return this.#admin();
    return this.#nonsense();
  }

  /** An operation with an input that mostly fits its shape. */
  #operation(): RandomRequest {
    const operation = operationOf(this.#oneOf(operationNames));
    const input: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(operation.input.members)) {
      if ((!member.required && this.#chance(0.5)) || this.#chance(0.05)) continue;
      const value = this.#memberValue(name, member);
      const text = wellFormed(typeof value === "string" ? value : JSON.stringify(value ?? null));
      const location = locationOf(operation, name);
      if (location === "body") input[name] = value;
      else if (!location.endsWith("Map")) input[name] = location === "header" ? ascii(text) : text;
    }
    const { path, headers, body } = toHttp(operation, input);
    const method = this.#chance(0.02) ? this.#oneOf(methods) : operation.method;
    return { method, path, headers: { ...this.#signed("dataexchange"), ...headers }, body };
  }

  #s3(): RandomRequest {
    const text = encoded(this.#text());
    const key = this.#chance(0.5) ? text : `bucket-${this.#below(5)}/${text}`;
    const range = { range: `bytes=${this.#below(9)}-${ascii(this.#text()).slice(0, 3)}` };
    const path = this.#chance(0.1)
      ? `/local-aws-data-exchange/${key}?X-Amz-Signature=00`
      : `/${key}${this.#oneOf(s3Queries)}`;
    const headers = { ...this.#signed("s3"), ...(this.#chance(0.3) && range) };
    return { method: this.#oneOf(methods), path, headers, body: this.#oneOf(oddBodies) };
  }

  #admin(): RandomRequest {
    const method = this.#oneOf(["GET", "PUT", "OPTIONS", "POST"]);
    return { method, path: `/_local/${this.#oneOf(adminPaths)}`, headers: {}, body: '{"by":"never"}' };
  }

  #nonsense(): RandomRequest {
    const path = `/${this.#several(8, () => encoded(this.#text())).join("/")}`;
    const headers = this.#chance(0.5)
      ? this.#signed(this.#oneOf(["sts", "dataexchange", "ec2"]))
      : { authorization: this.#oneOf(oddAuthorizations) };
    return { method: this.#oneOf(methods), path, headers, body: this.#oneOf(oddBodies) };
  }

  #signed(service: string): Record<string, string> {
    const region = this.#chance(0.05) ? `r-${this.#below(100_000)}` : "us-east-1";
    const key = this.#chance(0.1) ? String(10 ** 11 + this.#below(10)) : "KEY";
    const scope = `${key}/20260101/${region}/${service}/aws4_request`;
    return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00` };
  }

  #memberValue(name: string, { shape }: Member): unknown {
    if (this.#chance(0.04)) return this.#oneOf(oddValues);
    if (/Id$/.test(name) && this.#chance(0.8)) return this.#oneOf(this.ids);
    return this.#value(shape);
  }

  #value(shape: Shape): unknown {
    switch (shape.kind) {
      case "string":
        if (shape.values) return this.#oneOf(shape.values);
        return this.#chance(0.7) ? `text-${this.#below(1000)}` : this.#text();
      case "integer":
      case "double":
        return this.#chance(0.8) ? 1 + this.#below(200) : this.#oneOf([-1, 0, 1e21, 0.5]);
      case "boolean":
        return this.#chance(0.5);
      case "timestamp":
        return this.#chance(0.8) ? "2030-01-01T00:00:00Z" : this.#text();
      case "list":
        return this.#several(4, () => this.#value(shape.of));
      case "map":
        return Object.fromEntries(this.#several(4, () => [this.#text(), this.#value(shape.of)]));
      case "struct":
        return this.#struct(shape);
    }
  }

  #struct({ members }: StructShape): Record<string, unknown> {
    const chosen = Object.entries(members).filter(([, { required }]) => this.#chance(required ? 0.97 : 0.4));
    return Object.fromEntries(chosen.map(([name, member]) => [name, this.#memberValue(name, member)]));
  }

  #text(): string {
    return this.#chance(0.5) ? this.#oneOf(oddTexts) : this.#random.fraction().toString(36).slice(2);
  }

  #several<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.#below(max) }, make);
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  #below(max: number): number {
    return Math.floor(this.#random.fraction() * max);
  }

  #chance(probability: number): boolean {
    return this.#random.fraction() < probability;
  }
}

/** Header values are ASCII here. */
const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");

/** A lone surrogate has no UTF-8 encoding and becomes a question mark. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "?");

const encoded = (text: string): string => encodeURIComponent(wellFormed(text));
