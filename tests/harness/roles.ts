/** An STS that lets everybody assume every role, and leaves the rest to the local service's. */
import { request } from "node:http";

import type { SmallServer } from "./http";
import { serve, textOf } from "./http";

export interface Roles extends SmallServer {
  /** ARNs of the roles, as often as each was assumed. */
  readonly assumed: string[];
}

export async function openRoles(local: string): Promise<Roles> {
  const assumed: string[] = [];
  const server = await serve((incoming, answer) => {
    void (async () => {
      const body = await textOf(incoming);
      const form = new URLSearchParams(body);
      if (form.get("Action") !== "AssumeRole") {
        const { method, headers } = incoming;
        const onward = request(local, { method, headers }, (response) => {
          answer.writeHead(response.statusCode!, response.headers);
          response.pipe(answer);
        });
        onward.on("error", () => answer.destroy());
        onward.end(body);
        return;
      }
      const roleArn = form.get("RoleArn")!;
      assumed.push(roleArn);
      answer.writeHead(200, { "content-type": "text/xml" }).end(answerOf(roleArn));
    })();
  });
  return { ...server, assumed };
}

/** To the local Data Exchange a key of twelve digits is its account. */
function answerOf(roleArn: string): string {
  const [, , , , account] = roleArn.split(":");
  const credentials =
    `<AccessKeyId>${account}</AccessKeyId><SecretAccessKey>any</SecretAccessKey>` +
    "<SessionToken>any</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>";
  return (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>' +
    `<Credentials>${credentials}</Credentials>` +
    `<AssumedRoleUser><Arn>${roleArn}</Arn><AssumedRoleId>any:any</AssumedRoleId></AssumedRoleUser>` +
    "</AssumeRoleResult></AssumeRoleResponse>"
  );
}
