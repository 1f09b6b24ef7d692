/** Everything has one owner. */
import { group, tag } from "./xml";

const id = "0".repeat(63) + "1";

export const ownerTags = (name: string): string => group(name, tag("ID", id), tag("DisplayName", "local"));

/** The owner's full control, and nobody else's. */
export const ownerOnlyAcl = (): string =>
  ownerTags("Owner") +
  group(
    "AccessControlList",
    group(
      "Grant",
      `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">` +
        `${tag("ID", id)}${tag("DisplayName", "local")}</Grantee>`,
      tag("Permission", "FULL_CONTROL"),
    ),
  );
