/** How an operation of the service is written down; routing, validation and answering all derive from it. */
import type { ServiceErrorName } from "../../provider/model/service-errors";
import type { StructShape } from "../../provider/model/shape";

export interface Operation {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** `{member}` stands in the place of the input's member of that name, one path segment long. */
  readonly path: string;
  /** Members of the input that come in the query string; those of neither path nor query come in the body. */
  readonly query?: readonly string[];
  readonly input: StructShape;
  /** What is answered; members that it does not name are never shown. Without it, the body is empty. */
  readonly output?: StructShape;
  /** Status of success. */
  readonly status: number;
  /** The errors that the API model names for the operation. */
  readonly errors: readonly ServiceErrorName[];
}

/** Where the path template of an operation names members: `["v1", { member: "jobId" }]`. */
export type Segment = string | { readonly member: string };

export const segmentsOf = (path: string): Segment[] =>
  path
    .split("/")
    .slice(1)
    .map((part) => (part.startsWith("{") ? { member: part.slice(1, -1) } : part));
