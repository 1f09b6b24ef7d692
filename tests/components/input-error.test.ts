import { output, ResourceError, secret, type Resource } from "@pulumi/pulumi";
import { expect } from "chai";

import { InputError, reportInputErrors } from "../../components/support/input-error";
import { failureOf } from "../provider/support/samples";

describe("a refusal of a component", () => {
  const refused = () =>
    failureOf(
      reportInputErrors({} as Resource, "S3Import", {}, () =>
        Promise.reject(new InputError("keys is empty.")),
      ),
    );

  it("has no stack, which Pulumi's program host would spend seconds and gigabytes on", async () => {
    const error = await refused();
    expect(ResourceError.isInstance(error)).to.equal(true);
    expect(error.stack).to.equal(undefined);
    expect(error.message).to.equal("S3Import: keys is empty.");
  });

  it("keeps its sentence as it is, wherever it comes through", async () => {
    const error = await refused();
    error.message = `error serializing property "outputs": ${error.message}`;
    expect(error.message).to.equal("S3Import: keys is empty.");
  });

  it("repeats nothing that came as a secret, wherever in the arguments", async () => {
    const args = {
      bucket: secret("hidden-bucket"),
      contents: { part: { keys: [secret("k1"), "plain.csv"], prefix: output("known") } },
      later: new Promise(() => undefined),
    };
    const sentence = 's3://hidden-bucket/known: "k1" and "plain.csv" look alike.';
    const refused = reportInputErrors({} as Resource, "S3Import", args, () =>
      Promise.reject(new InputError(sentence)),
    );
    expect((await failureOf(refused)).message).to.equal(
      'S3Import: s3://[secret]/known: [secret] and "plain.csv" look alike.',
    );
  });

  it("is only what is refused: other errors stay as they are", async () => {
    const error = new TypeError("a fault");
    expect(
      await failureOf(reportInputErrors({} as Resource, "S3Import", {}, () => Promise.reject(error))),
    ).to.equal(error);
    expect(error.stack).to.be.a("string");
  });
});
