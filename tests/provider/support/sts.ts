/** An STS of a few lines: gives each role keys that are named by it, and notes who asked for what. */
import { text as readText } from "node:stream/consumers";
import type { Signer } from "../../harness/http";
import { signerOf, useServers } from "../../harness/http";

export interface StsCall {
  signer: Signer;
  form: Record<string, string>;
}

export function useSts(): () => Promise<{ url: string; calls: StsCall[] }> {
  const serve = useServers();
  return async () => {
    const calls: StsCall[] = [];
    const { url } = await serve((request, response) => {
      void readText(request).then((text) => {
        const form = Object.fromEntries(new URLSearchParams(text));
        calls.push({ signer: signerOf(request), form });
        const name = form.RoleArn?.split("/").at(-1);
        if (name === "forbidden") {
          const error =
            "<Type>Sender</Type><Code>AccessDenied</Code><Message>may not assume forbidden</Message>";
          response.writeHead(403, { "content-type": "text/xml" });
          return response.end(`<ErrorResponse><Error>${error}</Error></ErrorResponse>`);
        }
        const keys =
          `<AccessKeyId>AKIDOF${name}</AccessKeyId><SecretAccessKey>secret-${name}</SecretAccessKey>` +
          `<SessionToken>token-${name}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(
          `<${form.Action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${form.Action}Result>` +
            `<Credentials>${keys}</Credentials></${form.Action}Result></${form.Action}Response>`,
        );
      });
    });
    return { url, calls };
  };
}
