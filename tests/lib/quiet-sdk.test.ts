import { expect } from "chai";

import { credentialsFor } from "../../provider/aws/credentials";
import { useAwsEnvironment } from "../provider/support/environment";

const name = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

describe("the SDK's warning of old versions of Node", () => {
  const env = useAwsEnvironment();
  const settings = { accessKey: "AKID", secretKey: "secret", assumeRoles: [] };

  it("is turned off before a client can be made", () => {
    credentialsFor(settings);
    expect(env[name]).to.equal("true");
  });

  it("stays on where the user wants it", () => {
    env[name] = "false";
    credentialsFor(settings);
    expect(env[name]).to.equal("false");
  });
});
