/** Descriptions in the words of all languages, and of the jobs that a resource has. */
type Change = readonly [from: RegExp | string, to: string];

/** The changes that no description has needed yet. */
const unused = new Set<Change>();

/** Parts of descriptions that no longer occur. Each may now be written in words that are not found. */
export const unusedChanges = (): readonly string[] => [...unused].map(([from]) => String(from));

/** Applies each change in turn. */
function rewriter(changes: readonly Change[]): (text: string) => string {
  for (const change of changes) unused.add(change);
  return (text) =>
    changes.reduce((given, change) => {
      const changed = given.replace(...change);
      if (changed !== given) unused.delete(change);
      return changed;
    }, text);
}

/**
 * Doc comments describe the dynamic provider for Node.js. These parts of them read differently for the plugin: it does not
 * see the stack's `aws:` config, its provider has settings of the same names, and other languages have no functions of
 * this package.
 */
const ofEveryLanguage = rewriter([
  [/the component's `@pulumi\/aws` provider/g, "the component's AWS provider"],
  [/(?<=Default: ).*`@pulumi\/aws` provider.*(?=as for a Job)/, ""],
  [
    /(?<=the component's AWS provider.*then as for a Job)/,
    "; with an explicit provider of this package, as for a Job",
  ],
  [/the stack's `aws:assumeRoles` or `aws:assumeRole`/, "the provider's `assumeRoles`"],
  [
    /The stack's `aws:defaultTags` apply .* and not to assets\./,
    "The provider's `defaultTags` apply to assets.",
  ],
  [/([Tt])he stack's `aws:(\w+)`/g, "$1he provider's `$2`"],
  [/Needs `@pulumi\/aws` 7 and the Pulumi CLI 3\.226 or later\./, "Needs the AWS provider for the revision."],
  [/the package `@pulumi\/aws`, with its provider in `providers` or the default one/, "the AWS provider"],
  [/(needs?) `@pulumi\/aws`/g, "$1 the AWS provider"],
  [
    /an asset such as `new pulumi.asset.FileAsset\("openapi.json"\)`, an object, or text in JSON/,
    "a file or a text asset with JSON",
  ],
  [/a pattern with (.*), or a function of the asset\./, "a pattern with $1."],
  [
    / and add the statements of `s3DataAccessStatements` to the policy/,
    " and let the policy allow Data Exchange to read",
  ],
  [/: objects with id and name, such as the `assets` of .*, or ids alone\./, ", with their ids and names."],
  [
    /The component waits for objects that the program itself writes .*; see its page\./,
    "If the same program writes the objects, name what writes them in `dependsOn`.",
  ],
  [/; the component's page shows the statement\./, "."],
]);

/** What is true of Node.js only. */
const nodeOnly = /@pulumi\/|`aws:(?!kms`)|npm|new pulumi|\bfunction\b|\bpage\b|Statements`/;

export function forEveryLanguage(doc: string): string {
  const paragraphs = doc.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
  const text = ofEveryLanguage(paragraphs.filter((paragraph) => paragraph !== "").join("\n\n"));
  if (!nodeOnly.test(text)) return text;
  throw new Error(
    `A description holds for Node.js only. Change it in scripts/generate/schema/wording.ts: ${text}`,
  );
}

/** The description of a setting of a Job, for a resource that has it for all its jobs. */
export const ofManyJobs = rewriter([
  ["replaces the job, so that it runs again", "replaces every job, so that all run again"],
  ["A change updates the resource and", "A change updates the jobs and"],
  ["the assets that the job creates", "the assets that the jobs create"],
  ["the job's assets when the resource is", "the assets of a job that is"],
  ["How long each phase may wait", "How long each phase of a job may wait"],
  ["after the job was created, the job stays", "after a job was created, this job stays"],
  ["Before that, no job is created, and", "Before that, this job is not created, and"],
  ["the job that an interrupted run of this resource left, if", "a job that an interrupted run left, if"],
]);

/** The description of an argument of a component, for one that declares exactly one job. */
export const ofOneJob = rewriter([
  ["A change updates the resource and", "A change updates the job and"],
  ["A change updates the jobs and", "A change updates the job and"],
  ["of the jobs.", "of the job."],
  ["the jobs that create assets", "the job"],
  ["replaces every job", "replaces the job"],
]);

/** The description of an argument of a component, for a publication: what runs a job again creates a new revision. */
export const ofNewRevision = rewriter([
  [/replaces (every job|the job) and/, "creates a new revision and replaces"],
  [/replaces (every job|the jobs that create assets)(, so that all run again)?/, "creates a new revision"],
  [/replaces the job( that imports it)?/, "creates a new revision"],
]);
