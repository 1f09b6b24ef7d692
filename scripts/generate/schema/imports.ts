/** How resources that exist are imported. The registry shows it below the examples. */
const imports: Readonly<Record<string, string>> = {
  Job:
    "A completed job is imported by its id. The program may have settings that the service does not show, such as " +
    "`triggers`, the file of an upload or an API key; the next `pulumi up` changes nothing. The service deletes jobs 90 days " +
    "after their creation.\n\n```sh\n$ pulumi import dataexchange:index:Job prices 4c1bbe5fd9a04c8b9a4c0e8f3a1d2b3c\n```\n",
  RevisionFinalization:
    "The finalization of a revision is imported by the ids of its data set and revision, joined by a colon.\n\n" +
    "```sh\n$ pulumi import dataexchange:index:RevisionFinalization prices " +
    "0b7e4f1a6d2c4e5f8a9b0c1d2e3f4a5b:5a4f3e2d1c0b4a9f8e5f4e2c6d1a4f7e\n```\n",
};

export const importOf = (resource: string): string =>
  Object.hasOwn(imports, resource) ? `\n\n## Import\n\n${imports[resource]}` : "";
