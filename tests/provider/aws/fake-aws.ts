/** A minimal fake of AWS. STS gives each role keys that are named after it, and Data Exchange has no jobs. */
import { text as readText } from "node:stream/consumers";

import { writeXml } from "../../../emulator/s3/xml";
import type { Signer } from "../../harness/http";
import { signerOf, useServers } from "../../harness/http";

export const account = "000000000042";

export interface AwsCall {
  readonly signer: Signer;
  /** The form that STS receives; empty in a call of Data Exchange. */
  readonly form: Record<string, string>;
}

/** Starts the fake. STS refuses the role `forbidden`, and its first calls of GetCallerIdentity. */
export function useAws(): (refused?: number) => Promise<{ url: string; calls: AwsCall[] }> {
  const serve = useServers();
  return async (refused = 0) => {
    const calls: AwsCall[] = [];
    const { url } = await serve((request, response) => {
      void readText(request).then((text) => {
        const form = Object.fromEntries(new URLSearchParams(text));
        calls.push({ signer: signerOf(request), form });
        const { Action: action, RoleArn: role } = form;
        if (action === undefined) {
          return response.setHeader("content-type", "application/json").end('{"Jobs":[]}');
        }
        const name = role?.split("/").at(-1);
        response.setHeader("content-type", "text/xml");
        if (name === "forbidden" || (name === undefined && refused-- > 0)) {
          const error = { Type: "Sender", Code: "AccessDenied", Message: `may not assume ${name}` };
          return response.writeHead(403).end(writeXml({ ErrorResponse: { Error: error } }));
        }
        const result = name === undefined ? { Account: account } : { Credentials: credentialsOf(name) };
        response.end(writeXml({ [`${action}Response`]: { [`${action}Result`]: result } }));
      });
    });
    return { url, calls };
  };
}

const credentialsOf = (name: string) => ({
  AccessKeyId: `AKIDOF${name}`,
  SecretAccessKey: `secret-${name}`,
  SessionToken: `token-${name}`,
});
