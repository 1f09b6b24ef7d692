/**
 * How long an answer may be behind those of other calls, in milliseconds. What contradicts them is asked again until
 * then: no source says that the service shows at once what it has done.
 */
export const longestLag = 60_000;
