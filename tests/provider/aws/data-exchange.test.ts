import { expect } from "chai";

import { openDataExchange } from "../../../provider/aws/data-exchange";
import { ServiceError } from "../../../provider/core/errors";
import { useServers } from "../../harness/http";
import { failureOf } from "../support/samples";

const settings = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };

describe("the client: a call that is broken off", () => {
  const serve = useServers();

  for (const [what, of] of [
    ["while the service does not answer", (url: string) => ({ ...settings, endpoint: url })],
    [
      "while STS does not",
      (url: string) => ({
        ...settings,
        stsEndpoint: url,
        assumeRoles: [{ roleArn: "arn:aws:iam::123456789012:role/r" }],
      }),
    ],
  ] as const) {
    it(`fails at once as unavailable, ${what}`, async () => {
      const late = new AbortController();
      const { url } = await serve(() => late.abort());
      const failure = await failureOf(openDataExchange(of(url)).getJob("job1", late.signal), ServiceError);
      expect(failure.facts).to.include({ operation: "GetJob", kind: "unavailable" });
    });
  }
});
