/** The name of a resource in the engine. */

export interface Urn {
  readonly text: string;
  readonly stack: string;
  readonly project: string;
  /** The resource's own type, without those of its parents. */
  readonly type: string;
  readonly name: string;
}

export const stackType = "pulumi:pulumi:Stack";

/** `urn:pulumi:stack::project::parent's type$type::name`; a name may hold anything. */
export function readUrn(urn: unknown): Urn | undefined {
  const [, stack, project, types, name] =
    /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(typeof urn === "string" ? urn : "") ?? [];
  if (stack === undefined) return undefined;
  return { text: urn as string, stack, project: project!, type: types!.split("$").at(-1)!, name: name! };
}
