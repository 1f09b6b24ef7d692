/**
 * `aws:defaultTags` on the assets that a job makes, as `@pulumi/aws` puts them on its resources. They are added to
 * CreateJob and are no inputs of the resource: a change of a job's own tags replaces the job, because only a new job
 * can set them, and nobody wants all imports run again and all assets made anew for a new default tag.
 */
import type { JobRequest } from "../core/ports";
import { findJobType } from "../../service-model/job-types";

interface Tag {
  key: string;
  value: string;
}

/** The request with the default tags beneath its own. */
export function withDefaultTags(
  request: JobRequest,
  defaults: Readonly<Record<string, string>> = {},
): JobRequest {
  // Exports make no asset that could be tagged.
  if (Object.keys(defaults).length === 0 || !findJobType(request.type)?.makes) return request;
  const configuration = (request.assetConfiguration ?? {}) as { tags?: Tag[] };
  const own = configuration.tags ?? [];
  const taken = new Set(own.map(({ key }) => key));
  const more = Object.entries(defaults)
    .filter(([key]) => !taken.has(key))
    .map(([key, value]) => ({ key, value }));
  return { ...request, assetConfiguration: { ...configuration, tags: [...own, ...more] } };
}
