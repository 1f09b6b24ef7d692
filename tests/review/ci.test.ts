/** The example workflows: their permissions, and their steps, run against a fake forge. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { compileFunction } from "node:vm";

import { expect } from "chai";
import { parse } from "yaml";

import { created, previewOf, replaced } from "./previews";

interface Comment {
  id: number;
  user: { login: string } | null;
  body?: string;
}
interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}
interface Job {
  if: string;
  environment?: string;
  permissions: object;
  steps: Step[];
}
interface Action {
  inputs: Record<string, { default: string }>;
  runs: { steps: Step[] };
}
interface GitHub {
  env: object;
  permissions: object;
  jobs: Record<"review" | "up", Job>;
}
interface GitLab {
  ".pulumi": { before_script: string[] };
  review: { rules: { if: string }[]; script: string[] };
}

const read = async <T>(file: string) => parse(await readFile(file, "utf8")) as T;
const example = (file: string) => join("examples", "ci", file);

const marker = "<!-- pulumi-dataexchange review of market/prod -->";
const whole = previewOf([created("new")]);
const early = JSON.stringify({ diagnostics: [{ severity: "error", message: "no credentials" }] });

/** Its shell steps ask for GNU's sed, as the runners have it. */
(process.platform === "linux" ? describe : describe.skip)("review: the workflows", function () {
  this.timeout("1m");
  let github: GitHub, action: Action, gitlab: GitLab, folder: string;

  before(async () => {
    [github, gitlab] = [await read(example("github-actions.yml")), await read(example("gitlab-ci.yml"))];
    action = await read("action.yml");
    folder = await mkdtemp(join(tmpdir(), "review-ci-"));
    const program = async (name: string, script: string) => {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    };
    await program("pulumi", 'printf %s "$PREVIEW"; exit "$STATUS"');
    const cli = join(__dirname, "../../cli/main.js");
    await program("npx", `[ "$1" != --no ] || shift; shift; exec "${process.execPath}" "${cli}" "$@"`);
    await writeFile(join(folder, "Pulumi.yaml"), 'name: "market" # of prices\r\nruntime: nodejs\r\n');
  });
  after(() => rm(folder, { recursive: true }));

  /** As the runners run a step; answers its exit code. */
  async function shell(script: string, env: NodeJS.ProcessEnv): Promise<number> {
    const path = `${folder}:${process.env.PATH}`;
    const child = execFile("bash", ["-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...process.env, PATH: path, PULUMI_STACK: "org/prod", ...env },
    });
    await once(child, "close");
    return child.exitCode!;
  }

  it("have the least permissions, leave out forks, and pin each action to a commit", async () => {
    const { permissions, jobs } = github;
    expect(permissions).to.deep.equal({});
    expect(jobs.review.permissions).to.deep.equal({
      contents: "read",
      "pull-requests": "write",
      "id-token": "write",
    });
    expect(jobs.up.permissions).to.deep.equal({ contents: "read", "id-token": "write" });
    expect(jobs.review.if).to.contain("head.repo.full_name == github.repository");
    expect(gitlab.review.rules[0]!.if).to.contain("SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID");
    const workflows = (await readdir(".github/workflows")).map((file) => `.github/workflows/${file}`);
    for (const file of [
      "examples/ci/github-actions.yml",
      "examples/nightly/README.md",
      "action.yml",
      ...workflows,
    ]) {
      const lines = (await readFile(file, "utf8")).match(/uses: .*/g) ?? [];
      for (const line of lines.filter((used) => !used.includes(" pulumi-dataexchange/")))
        expect(line).to.match(/^uses: [\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("run no install scripts of dependencies, and give tokens only to Pulumi's steps", () => {
    for (const [name, token] of [
      ["review", "PULUMI_PREVIEW_TOKEN"],
      ["up", "PULUMI_ACCESS_TOKEN"],
    ] as const) {
      const { steps } = github.jobs[name];
      const place = (holds: (step: Step) => boolean | undefined) => steps.findIndex(holds);
      const installs = place(({ run }) => run === "npm ci --ignore-scripts");
      expect(installs).to.be.within(
        0,
        place(({ uses }) => uses?.includes("credentials")),
      );
      const secret = `\${{ secrets.${token} }}`;
      expect(
        steps.flatMap(({ run, env }) => (env ? [[run!.split(" ", 2).join(" "), env]] : [])),
      ).to.deep.equal([[name === "up" ? "pulumi up" : "pulumi preview", { PULUMI_ACCESS_TOKEN: secret }]]);
    }
    expect(github.env).to.have.keys("PULUMI_STACK");
    expect(github.jobs.up.environment).to.equal("production");
    expect(gitlab[".pulumi"].before_script[0]).to.equal("npm ci --ignore-scripts");
    expect(gitlab.review.script[0]).to.contain(
      "PULUMI_ACCESS_TOKEN=${PULUMI_PREVIEW_TOKEN:-} pulumi preview",
    );
  });

  const marked = (body: string | undefined) => body?.split("\n")[0] === marker;

  it("update one comment on GitHub, found by its marker, and write the whole review to the summary", async () => {
    const comments: Comment[] = [
      { id: 1, user: { login: "somebody" }, body: `${marker}\nnot ours` },
      { id: 2, user: null, body: undefined },
    ];
    const env = { GITHUB_STEP_SUMMARY: join(folder, "summary.md") };
    const [preview, use] = ["Preview", "pulumi-dataexchange/pulumi-dataexchange@v0.1.0"].map((name) =>
      github.jobs.review.steps.find((step) => step.name === name || step.uses === name)!,
    );
    const inputs = use!.with as Record<string, string>;

    expect(await shell(preview!.run!, { ...env, PREVIEW: whole, STATUS: "0" })).to.equal(0);
    expect(await runAction(inputs, env, comments)).to.equal(0);
    expect(comments[2]!.body).to.satisfy(marked).and.contain("1 new job will run");

    expect(await shell(preview!.run!, { ...env, PREVIEW: early, STATUS: "255" })).to.equal(255);
    expect(await runAction(inputs, env, comments)).to.equal(0);
    expect(comments.map(({ id }) => id)).to.deep.equal([1, 2, 3]);
    expect(comments[2]!.body).to.satisfy(marked).and.contain("no credentials");

    expect(await readFile(env.GITHUB_STEP_SUMMARY, "utf8"))
      .to.contain("1 new job will run")
      .and.contain("no credentials");
  });

  it("can fail on GitHub after the comment if a job runs again", async () => {
    const comments: Comment[] = [];
    await writeFile(join(folder, "again.json"), previewOf([replaced("again", ["a.csv"], ["b.csv"])]));
    const env = { GITHUB_STEP_SUMMARY: join(folder, "again.md") };
    expect(await runAction({ preview: "again.json", "fail-on": "rerun" }, env, comments)).to.equal(3);
    expect(comments).to.have.length(1);
  });

  /** Runs the steps of action.yml on a pull request, as GitHub does, against a list of comments. Answers the exit code. */
  async function runAction(given: Record<string, string>, env: object, comments: Comment[]): Promise<number> {
    const output = join(folder, "output.txt");
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
    const inputs = { ...Object.fromEntries(defaults), ...given } as Record<string, string>;
    const evaluate = (text: string): string =>
      text.replace(/\$\{\{ (\S+) \}\}/g, (_, expression: string) =>
        expression === "steps.review.outputs.review"
          ? outputs.review!
          : inputs[expression.replace("inputs.", "")]!,
      );
    const outputs: { review?: string } = {};
    for (const step of action.runs.steps) {
      if (step.if === "inputs.fail-on != ''" && inputs["fail-on"] === "") continue;
      const own = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluate(text)]),
      );
      if (step.uses === undefined) {
        const code = await shell(step.run!, { ...env, ...own, GITHUB_OUTPUT: output, RUNNER_TEMP: folder });
        if (code !== 0) return code;
        outputs.review = /^review=(.*)$/m.exec(await readFile(output, "utf8"))![1]!;
      } else {
        expect(step.if).to.equal("github.event_name == 'pull_request'");
        await comment(step.with!.script!, own, comments);
      }
    }
    return 0;
  }

  it("update one note on GitLab, found by its marker on any page, and fail if the preview failed", async () => {
    const notes = Array.from({ length: 120 }, (_, id) => ({ id, author: { id: 1 }, body: marker }));
    const server = await serve(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url!, "http://localhost");
      const sent = new URLSearchParams(await text(request)).get("body")!;
      if (pathname === "/user") return response.end('{ "id": 7 }');
      if (request.method === "POST") notes.push({ id: notes.length, author: { id: 7 }, body: sent });
      if (request.method === "PUT") notes[Number(pathname.split("/").at(-1))]!.body = sent;
      const end = Number(searchParams.get("page")) * 100;
      response.setHeader("X-Next-Page", notes.length > end ? String(end / 100 + 1) : "");
      return response.end(JSON.stringify(notes.slice(end - 100, end)));
    });
    const env = {
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      CI_PROJECT_ID: "3",
      CI_MERGE_REQUEST_IID: "4",
      GITLAB_TOKEN: "planted",
    };
    const script = gitlab.review.script.join("\n");
    try {
      expect(await shell(script, { ...env, PREVIEW: whole, STATUS: "0" })).to.equal(0);
      expect(notes.slice(120).map(({ body }) => body.split("\n")[0])).to.deep.equal([marker]);
      expect(await shell(script, { ...env, PREVIEW: early, STATUS: "5" })).to.equal(5);
      expect(notes).to.have.length(121);
      expect(notes[120]!.body)
        .to.match(new RegExp(`^${marker}\n`))
        .and.contain("no credentials");
    } finally {
      server.close();
    }
  });
});

/** Runs the script of actions/github-script against a list of comments. */
async function comment(script: string, env: NodeJS.ProcessEnv, comments: Comment[]): Promise<void> {
  const api = {
    paginate: () => Promise.resolve(comments),
    rest: {
      issues: {
        createComment: ({ body }: { body: string }) =>
          Promise.resolve(
            comments.push({ id: comments.length + 1, user: { login: "github-actions[bot]" }, body }),
          ),
        updateComment: ({ comment_id, body }: { comment_id: number; body: string }) =>
          Promise.resolve((comments[comment_id - 1]!.body = body)),
      },
    },
  };
  const run = compileFunction(`return (async () => { ${script} })()`, [
    "github",
    "context",
    "process",
    "require",
  ]);
  const context = { repo: { owner: "o", repo: "r" }, issue: { number: 5 } };
  await (run as (...own: unknown[]) => unknown)(api, context, { env }, require);
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}
