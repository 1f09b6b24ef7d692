/** Reads of a bucket's policy the one thing that the service has to know: whether it may write there. */

const principal = "dataexchange.amazonaws.com";
const action = "s3:PutObject";

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

/** Conditions and resources are not looked at. */
export function allowsServiceToPut(policy: string): boolean {
  const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
  return listOf(statements).some((statement) => {
    const { Effect, Principal, Action } = statement as Statement;
    const service = (Principal as { Service?: unknown } | undefined)?.Service;
    const everyone =
      Principal === "*" || listOf((Principal as { AWS?: unknown } | undefined)?.AWS).includes("*");
    const concerned = everyone || listOf(service).includes(principal);
    return Effect === "Allow" && concerned && listOf(Action).some((pattern) => matches(String(pattern)));
  });
}

const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const matches = (pattern: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(action);
};
