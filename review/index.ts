export { toJson } from "./render/json";
export { toMarkdown } from "./render/markdown";
export { toText } from "./render/text";
export { NotAPreviewError, readPreview } from "./parse-preview";
export { type Action, type Review, type RunningJob, reviewOf } from "./review";
