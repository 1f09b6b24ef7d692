/** The type of a resource in its `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`. */
export const typeOfUrn = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1)!;
