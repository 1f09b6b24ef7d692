/** Reads from a bucket's policy whether the service may write to it or share its objects. */

const principal = "dataexchange.amazonaws.com";
const action = "s3:PutObject";

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

/** Whether a statement lets the service's principal put objects. Ignores conditions and resources. */
export function allowsServiceWrite(policy: string): boolean {
  const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
  return toList(statements).some((statement) => {
    const { Effect, Principal, Action } = statement as Statement;
    const service = (Principal as { Service?: unknown } | undefined)?.Service;
    const everyone =
      Principal === "*" || toList((Principal as { AWS?: unknown } | undefined)?.AWS).includes("*");
    const concerned = everyone || toList(service).includes(principal);
    return Effect === "Allow" && concerned && toList(Action).some((pattern) => matches(String(pattern)));
  });
}

/**
 * Whether a statement delegates access to access points by `s3:DataAccessPointAccount`. Ignores accounts and actions.
 * Source: user guide, "Publishing a product containing Amazon S3 data access", prerequisites.
 */
export function allowsAccessPoints(policy: string): boolean {
  const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
  return toList(statements).some((statement) => {
    const { Effect, Condition = {} } = statement as Statement;
    const keys = Object.values(Condition as object).flatMap((held) => Object.keys(held as object));
    return Effect === "Allow" && keys.some((key) => key.toLowerCase() === "s3:dataaccesspointaccount");
  });
}

const toList = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const matches = (pattern: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(action);
};
