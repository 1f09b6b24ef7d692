/** Names the call that a request to the service makes. */
import type { IncomingMessage } from "node:http";

const callNames: readonly [method: string, path: RegExp, name: string][] = [
  ["POST", /^\/v1\/jobs$/, "CreateJob"],
  ["PATCH", /^\/v1\/jobs\/\w+$/, "StartJob"],
  ["DELETE", /^\/v1\/jobs\/\w+$/, "CancelJob"],
  ["GET", /^\/v1\/jobs\/\w+$/, "GetJob"],
  ["GET", /^\/v1\/jobs$/, "ListJobs"],
  ["GET", /^\/v1\/data-sets\/\w+\/revisions\/\w+\/assets$/, "ListRevisionAssets"],
  ["DELETE", /^\/v1\/data-sets\/\w+\/revisions\/\w+\/assets\/\w+$/, "DeleteAsset"],
  ["GET", /^\/v1\/data-sets\/\w+\/revisions\/\w+$/, "GetRevision"],
  ["PATCH", /^\/v1\/data-sets\/\w+\/revisions\/\w+$/, "UpdateRevision"],
  ["PUT", /./, "UploadBody"],
];

export function callOf({ method, url }: Pick<IncomingMessage, "method" | "url">): string {
  const [path] = url!.split("?");
  return callNames.find(([of, at]) => of === method && at.test(path!))?.[2] ?? `${method} ${path}`;
}
