import { readErrors } from "./operation";

/** Tags of resources. The API model names no errors for these operations, so the errors of reading apply. */
import { list, map, optional, required, string, struct } from "../shape";
import type { Operation } from "./operation";

const path = "/tags/{resourceArn}";
const resourceArn = required(string(), "ARN of the resource.");
const wireName = "tags";

export const tagOperations = {
  ListTagsForResource: {
    method: "GET",
    path,
    status: 200,
    input: struct("ListTagsForResourceRequest", { resourceArn }),
    output: struct("ListTagsForResourceResponse", {
      tags: optional(map(string()), "Tags of the resource, keys and values.", { wireName }),
    }),
    errors: readErrors,
  },
  TagResource: {
    method: "POST",
    path,
    status: 204,
    input: struct("TagResourceRequest", {
      resourceArn,
      tags: required(map(string()), "Tags to add or change.", { wireName }),
    }),
    errors: readErrors,
  },
  UntagResource: {
    method: "DELETE",
    path,
    query: ["tagKeys"],
    status: 204,
    input: struct("UntagResourceRequest", {
      resourceArn,
      tagKeys: required(list(string()), "Keys of the tags to remove."),
    }),
    errors: readErrors,
  },
} as const satisfies Record<string, Operation>;
