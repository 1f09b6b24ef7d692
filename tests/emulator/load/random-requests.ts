/** Requests of every kind that a service may meet: nearly right, wrong, and nonsense. The same seed gives the same. */
import type { Member, Shape, StructShape } from "../../../service-model/shape";
import { operationNames, operationOf } from "../../../service-model/operations/index";
import { locationOf } from "../../../service-model/operations/operation";
import { wireName } from "../../../emulator/http/request-input";

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
const oddTexts = [
  "",
  " ",
  "\0",
  "../../etc/passwd",
  "%",
  "😀",
  "\ud800",
  "__proto__",
  "a".repeat(5000),
  "${Asset.Name}",
];
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  [],
  {},
  [[[]]],
  { a: { b: {} } },
  "2026-13-45",
  { length: 1 },
  [null],
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}'),
  ...oddTexts,
];

export class RandomRequests {
  #state: number;
  /** Ids that exist, of any kind. */
  readonly #ids: readonly string[];

  constructor(seed: number, ids: readonly string[]) {
    this.#state = seed;
    this.#ids = ids;
  }

  next(): RandomRequest {
    const kind = this.#fraction();
    if (kind < 0.7) return this.#operation();
    if (kind < 0.8) return this.#s3();
    if (kind < 0.85) return this.#control();
    return this.#nonsense();
  }

  /** An operation with an input that mostly fits its shape. */
  #operation(): RandomRequest {
    const operation = operationOf(this.#of(operationNames));
    const { method, path, input, headers: headerNames = {} } = operation;
    const headers: Record<string, string> = this.#signed("dataexchange");
    const query = new URLSearchParams();
    const body: Record<string, unknown> = {};
    let filled = path;
    for (const [name, member] of Object.entries(input.members)) {
      if (!member.required && this.#chance(0.5)) continue;
      if (this.#chance(0.05)) continue;
      const value = this.#valueOf(name, member);
      const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
      const location = locationOf(operation, name);
      if (location === "path") filled = filled.replace(`{${name}}`, encoded(text));
      else if (location === "query") query.append(name, text);
      else if (location === "header") headers[headerNames[name]!] = text.replace(/[^\x20-\x7e]/g, "?");
      else if (location === "body") body[wireName(name, member)] = value;
    }
    const target = query.size > 0 ? `${filled}?${query.toString()}` : filled;
    const sent = method === "GET" || method === "DELETE" ? undefined : JSON.stringify(body);
    return { method: this.#chance(0.02) ? this.#of(methods) : method, path: target, headers, body: sent };
  }

  #s3(): RandomRequest {
    const key = this.#chance(0.5)
      ? encoded(this.#text())
      : `bucket-${this.#below(5)}/${encoded(this.#text())}`;
    const queries = [
      "",
      "?list-type=2",
      "?uploads",
      "?delete",
      "?policy",
      "?tagging",
      "?uploadId=x&partNumber=-1",
      "?X-Amz-Expires=x",
    ];
    const headers = {
      ...this.#signed("s3"),
      ...(this.#chance(0.3) && {
        range: `bytes=${this.#below(9)}-${this.#text()
          .slice(0, 3)
          .replace(/[^\x20-\x7e]/g, "")}`,
      }),
    };
    const path = this.#chance(0.1)
      ? `/local-aws-data-exchange/${key}?X-Amz-Signature=00`
      : `/${key}${this.#of(queries)}`;
    return { method: this.#of(methods), path, headers, body: this.#body() };
  }

  #control(): RandomRequest {
    const names = [
      "clock",
      "faults/x",
      "requests",
      "jobs?region=%00",
      "nothing",
      "settings/",
      "clock/advance",
    ];
    // A clock that is put forward, a fault or a setting would be obeyed; what is refused is what is of interest.
    const path = `/_local/${this.#of(names)}`;
    return { method: this.#of(["GET", "PUT", "OPTIONS", "POST"]), path, headers: {}, body: '{"by":"never"}' };
  }

  #nonsense(): RandomRequest {
    const path = `/${Array.from({ length: this.#below(8) }, () => encoded(this.#text())).join("/")}`;
    const authorizations = [
      "",
      "AWS4-HMAC-SHA256",
      "AWS4-HMAC-SHA256 Credential=a/b/c",
      "Basic eA==",
      `AWS4-HMAC-SHA256 ${"Credential=,".repeat(500)}`,
    ];
    const authorization = this.#of(authorizations);
    const headers = this.#chance(0.5)
      ? this.#signed(this.#of(["sts", "dataexchange", "ec2"]))
      : { authorization };
    return { method: this.#of(methods), path, headers, body: this.#body() };
  }

  #signed(service: string): Record<string, string> {
    const region = this.#chance(0.05) ? `r-${this.#below(100_000)}` : "us-east-1";
    const scope = `${this.#chance(0.1) ? String(10 ** 11 + this.#below(10)) : "KEY"}/20260101/${region}/${service}/aws4_request`;
    return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00` };
  }

  #body(): string | undefined {
    const kinds = [
      undefined,
      "",
      "{",
      "[]",
      '"text"',
      "null",
      "[".repeat(20_000),
      `{"a":`.repeat(5000),
      this.#text(),
      JSON.stringify(this.#of(oddValues)),
    ];
    return this.#of(kinds);
  }

  #valueOf(name: string, { shape }: Member): unknown {
    if (this.#chance(0.04)) return this.#of(oddValues);
    if (/Id$/.test(name) && this.#chance(0.8)) return this.#of(this.#ids);
    return this.#shaped(shape);
  }

  #shaped(shape: Shape): unknown {
    switch (shape.kind) {
      case "string":
        if (shape.values) return this.#of(shape.values);
        return this.#chance(0.7) ? `text-${this.#below(1000)}` : this.#text();
      case "integer":
      case "double":
        return this.#chance(0.8) ? 1 + this.#below(200) : this.#of([-1, 0, 1e21, 0.5]);
      case "boolean":
        return this.#chance(0.5);
      case "timestamp":
        return this.#chance(0.8) ? "2030-01-01T00:00:00Z" : this.#text();
      case "list":
        return Array.from({ length: this.#below(4) }, () => this.#shaped(shape.of));
      case "map":
        return Object.fromEntries(
          Array.from({ length: this.#below(4) }, () => [this.#text(), this.#shaped(shape.of)]),
        );
      case "struct":
        return this.#struct(shape);
    }
  }

  #struct({ members }: StructShape): Record<string, unknown> {
    const chosen = Object.entries(members).filter(([, { required }]) =>
      required ? this.#chance(0.97) : this.#chance(0.4),
    );
    return Object.fromEntries(
      chosen.map(([name, member]) => [wireName(name, member), this.#valueOf(name, member)]),
    );
  }

  #text(): string {
    return this.#chance(0.5) ? this.#of(oddTexts) : this.#fraction().toString(36).slice(2);
  }

  #of<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  #below(most: number): number {
    return Math.floor(this.#fraction() * most);
  }

  #chance(likelihood: number): boolean {
    return this.#fraction() < likelihood;
  }

  /** From 0 up to 1: mulberry32. */
  #fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** A lone surrogate has no encoding; it goes as the mark that stands for one. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "?"));
