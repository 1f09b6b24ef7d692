import * as pulumi from "@pulumi/pulumi";

/** Options that Pulumi has for every resource, and that a dynamic provider cannot serve. */
export function refuseOptions(
  who: string,
  opts: pulumi.CustomResourceOptions & { providers?: unknown },
  insteadOfImport: string,
): void {
  if (opts.import !== undefined) {
    throw new pulumi.RunError(
      `${who} takes no option import, because Pulumi tells a dynamic provider nothing of what to import. Leave the option ` +
        `out: ${insteadOfImport}.`,
    );
  }
  const option = (["provider", "providers"] as const).find((name) => opts[name] !== undefined);
  if (option === undefined) return;
  throw new pulumi.RunError(
    `${who} takes no option ${option}, because it has a provider of its own. Give region, profile, assumeRole and ` +
      "endpoint as arguments, or set them in the stack's aws: config.",
  );
}
