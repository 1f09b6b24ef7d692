/** Secrets of every kind through a stack's whole life on the real engine; the other parts search all that they write. */
import { TestService } from "../../harness/service";
import { previewAsJson } from "../../harness/review-result";
import { EngineStack } from "../engine/stack";
import type { Context, Failure, Outcome, Part } from "../frame/suite";
import { accessKeyId, planted } from "./seeded-secrets";
import { secretProgram } from "./program";
import type { Secrets } from "./secrets";
import { plantSignedUrls } from "./signed-urls";
import { verboseUp } from "./verbose-logs";

export const secretsPart: Part = {
  name: "secrets",
  title: "signed URLs, API key, bytes of uploads and credentials, searched for in everything that is written",
  async run({ progress, secrets }: Context): Promise<Outcome> {
    const access: string[] = [];
    const service = await TestService.start({ onRequest: (entry) => access.push(JSON.stringify(entry)) });
    const stack = await EngineStack.open(secrets);
    try {
      return await live(stack, service, access, secrets, progress);
    } finally {
      await stack.close();
      await service.stop();
    }
  },
};

async function live(
  stack: EngineStack,
  service: TestService,
  access: string[],
  secrets: Secrets,
  progress: (text: string) => void,
): Promise<Outcome> {
  const failures: Failure[] = [];
  const program = await secretProgram(service);
  const previews: string[] = [];
  const need = (where: string, { error }: { error?: string }) =>
    error === undefined || failures.push({ where, what: "the run failed", story: error });
  const { test } = stack;
  await test.stack.setAllConfig({
    "aws:accessKey": { value: accessKeyId, secret: true },
    "aws:secretKey": { value: planted.secretKey, secret: true },
    "aws:token": { value: planted.sessionToken, secret: true },
  });

  progress("the first run, previewed");
  previews.push(await previewAsJson(test, program("prod")));
  need("up", await stack.run(program("prod")));
  need("refresh", await stack.refresh());
  progress("a run that fails");
  service.local.faults.add({ operation: "UploadBody", error: 403, times: "always" });
  previews.push(await previewAsJson(test, program("next")));
  const failed = await stack.run(program("next"));
  if (failed.error === undefined) failures.push({ where: "a refused upload", what: "the run went well" });
  service.local.faults.clear();
  need("up after a refused upload", await stack.run(program("next")));
  previews.push(await previewAsJson(test, program("next")));

  progress("a run of which everything is logged");
  await plantSignedUrls(service, secrets);
  const verbose = await verboseUp(test, program("last"), secrets);
  await plantSignedUrls(service, secrets);
  need("destroy", await stack.up(undefined));

  stack.search();
  secrets.search("preview JSON", previews.join("\n"));
  secrets.search("access log", access.join("\n"));
  secrets.search("record of requests", JSON.stringify(service.local.requests));
  secrets.search("the rest of a log at -v=9", verbose.rest);
  return {
    table: {
      head: ["place", "characters searched", "found"],
      rows: Object.entries(secrets.searched).map(([place, length]) => [
        place,
        length,
        secrets.leaks.filter((leak) => leak.place === place).length,
      ]),
    },
    figures: {
      "values planted": secrets.count,
      "characters logged at -v=9": verbose.characters,
    },
    notes: Object.entries(verbose.byPulumi).map(
      ([secret, heads]) =>
        `At -v=9 Pulumi itself logs the ${secret} in clear ("${heads.join('", "')}"); no provider has a say in that.`,
    ),
    failures,
    details: { pulumiLog: verbose.byPulumi },
  };
}
