/** A stack with every kind of secret on the real engine; the other suites search their own output. */
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import { Job, JobSet, RevisionFinalization } from "../../../index";
import { apiArgs, downloadArgs, importArgs, uploadArgs } from "../../harness/programs";
import { previewAsJson } from "../../harness/review-result";
import { TestService } from "../../harness/service";
import type { TestStack } from "../../harness/stack";
import type { SearchedStack } from "../engine-stack";
import { withSearchedStacks } from "../engine-stack";
import type { StackRun } from "../faults/scenarios";
import type { Failure, Suite, SuiteContext, SuiteResult } from "../suite";
import type { Secrets } from "../../harness/secrets";
import { accessKeyId, addSignedUrls, seededSecrets } from "../../harness/secrets";

export const secretsSuite: Suite = {
  name: "secrets",
  title: "signed URLs, API key, bytes of uploads and credentials, searched for in everything that is written",
  run: ({ progress, secrets, host }: SuiteContext): Promise<SuiteResult> =>
    withSearchedStacks(1, secrets, host, ([stack]) => runSecretPrograms(stack!, secrets, progress)),
};

async function runSecretPrograms(
  stack: SearchedStack,
  secrets: Secrets,
  progress: (text: string) => void,
): Promise<SuiteResult> {
  const access: string[] = [];
  await using service = await TestService.start({ onRequest: (entry) => access.push(JSON.stringify(entry)) });
  const failures: Failure[] = [];
  const program = await secretProgram(service);
  const failing = await missingObjectProgram(service);
  // From here on, only the provider makes requests.
  access.length = 0;
  service.local.clearRequests();
  const previews: string[] = [];
  const need = (where: string, { error }: StackRun) =>
    error === undefined || failures.push({ where, what: "the run failed", log: error });
  const { test } = stack;
  await test.stack.setAllConfig({
    "aws:accessKey": { value: accessKeyId, secret: true },
    "aws:secretKey": { value: seededSecrets.secretKey, secret: true },
    "aws:token": { value: seededSecrets.sessionToken, secret: true },
  });

  progress("the first run, previewed");
  previews.push(await previewAsJson(test, program("prod")));
  need("up", await stack.run(program("prod")));
  need("refresh", await stack.refresh());
  progress("a run that fails");
  service.local.faults.add({ operation: "UploadBody", error: 403, times: "always" });
  previews.push(await previewAsJson(test, program("next")));
  const failed = await stack.run(program("next"));
  if (failed.error === undefined) failures.push({ where: "a refused upload", what: "the run succeeded" });
  service.local.faults.clear();
  const missing = await stack.run(failing);
  if (missing.error === undefined) failures.push({ where: "a missing object", what: "the run succeeded" });
  need("up after a refused upload", await stack.run(program("next")));
  previews.push(await previewAsJson(test, program("next")));

  progress("a run with verbose logs");
  await addSignedUrls(service, secrets);
  const verbose = await verboseUp(test, program("last"), secrets);
  await addSignedUrls(service, secrets);
  need("destroy", await stack.up(undefined));

  stack.search();
  secrets.search("preview JSON", previews.join("\n"));
  secrets.search("access log", access.join("\n"));
  // The requests of CreateJob name the object, as they must.
  const requests = JSON.stringify(service.local.requests).replaceAll(seededSecrets.objectKey, "");
  secrets.search("record of requests", requests);
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
    figures: { "seeded values": secrets.count, "characters logged at -v=9": verbose.characters },
    notes: Object.entries(verbose.byPulumi).map(
      ([secret, heads]) =>
        `At -v=9 Pulumi itself logs the ${secret} in clear ("${heads.join('", "')}"); a provider cannot prevent that.`,
    ),
    failures,
    details: { pulumiLog: verbose.byPulumi },
  };
}

/** A program with every kind of secret; each `stage` replaces all jobs. */
export async function secretProgram(
  service: TestService,
): Promise<(stage: string) => () => Promise<Record<string, unknown>>> {
  const files = await service.createEmptyRevision();
  const apis = await service.createEmptyRevision("API_GATEWAY_API");
  await service.createBucket("source", { "a.csv": "1" });
  const exported = await service.importAsset(files, "source", "a.csv");
  const { endpoint } = service.local;
  return (stage) => () => {
    const { apiKey, body } = seededSecrets;
    const api = new Job("api", apiArgs(apis, { stage, apiKey, title: body }, { endpoint }));
    const download = new Job("download", downloadArgs(exported, { triggers: [stage], endpoint }));
    new Job("upload", uploadArgs(files, stage, body, { endpoint }));
    return Promise.resolve({ key: api.apiKey, details: api.details, download: download.signedUrl });
  };
}

/** Key of a missing object that the program does not give as a secret. */
export const plainKey = "plain-key.csv";

/**
 * A program whose jobs fail, because no object has the key that it gives as a secret, and whose finalization fails, because
 * an object with this key is imported twice.
 */
export async function missingObjectProgram(service: TestService): Promise<PulumiFn> {
  const key = seededSecrets.objectKey;
  const [revision, twice] = [await service.createEmptyRevision(), await service.createEmptyRevision()];
  await service.createBucket("twice", { [key]: "1" });
  const { endpoint } = service.local;
  return () => {
    const args = importArgs(revision, [secret(key) as unknown as string]);
    new Job("missing", { ...args, endpoint });
    const plain = importArgs(revision, [plainKey]);
    new JobSet("missing", { jobs: { one: args, two: args, plain }, endpoint });
    const sources = [{ bucket: "twice", key: secret(key) as unknown as string }];
    const jobs = ["one", "two"].map(
      (name) =>
        new Job(name, {
          type: "IMPORT_ASSETS_FROM_S3",
          details: { importAssetsFromS3: { ...twice, assetSources: sources } },
          endpoint,
        }).id,
    );
    new RevisionFinalization("twice", { ...twice, jobs, assetCount: 1, endpoint });
    return Promise.resolve();
  };
}

/**
 * The beginning of Pulumi's own lines that hold whole properties: the engine's lines of each property that it sends or
 * receives, and the SDK's lines of the answer to a registration, which the engine logs once more as an event.
 */
const ownLine =
  /^(?:eventSink::Debug\(<\{%reset%\}>)?((?:Unm|M)arshaling property for RPC|RegisterResource RPC finished)\b/;

interface VerboseLog {
  readonly characters: number;
  /** The secrets that Pulumi itself wrote, and how those lines begin. */
  readonly byPulumi: Readonly<Record<string, readonly string[]>>;
  /** Everything but those lines. */
  readonly rest: string;
}

async function verboseUp({ stack }: TestStack, program: PulumiFn, secrets: Secrets): Promise<VerboseLog> {
  let written = "";
  const take = (text: string) => void (written += text);
  await stack.up({ program, logVerbosity: 9, logToStdErr: true, onOutput: take, onError: take });
  const lines = written.split("\n").map((line) => ({ line, head: ownLine.exec(messageOf(line))?.[1] }));
  const byPulumi: Record<string, string[]> = {};
  for (const { line, head } of lines) {
    if (head === undefined) continue;
    for (const secret of secrets.findIn(line))
      byPulumi[secret] = [...new Set([...(byPulumi[secret] ?? []), head])];
  }
  const rest = lines.filter(({ head }) => head === undefined).map(({ line }) => line);
  return { characters: written.length, byPulumi, rest: rest.join("\n") };
}

/** A line of the log is a JSON object. */
function messageOf(line: string): string {
  if (!line.startsWith("{")) return "";
  try {
    return String((JSON.parse(line) as { msg?: unknown }).msg);
  } catch {
    return "";
  }
}
