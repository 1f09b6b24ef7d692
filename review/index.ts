export { NotAPreviewError, parsePreview } from "./parse-preview";
export { toJson } from "./render/json";
export { toMarkdown } from "./render/markdown";
export { toText } from "./render/text";
export { type Review, type RunningJob, reviewOf } from "./review";
