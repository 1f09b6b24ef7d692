/** action.yml and the example workflows: their permissions, and their steps, run against a fake forge. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { compileFunction } from "node:vm";

import { expect } from "chai";
import { parse } from "yaml";

import { useServers } from "../harness/http";
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
  shell?: string;
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
const cli = join(__dirname, "../../cli/main.js");
const marker = "<!-- pulumi-dataexchange review of market/prod -->";
const whole = previewOf([created("new")]);
const early = JSON.stringify({ diagnostics: [{ severity: "error", message: "no credentials" }] });

(process.platform === "win32" ? describe.skip : describe)("the review workflows", function () {
  this.timeout("1m");
  const serve = useServers();
  let github: GitHub, action: Action, gitlab: GitLab, folder: string;

  before(async () => {
    github = await read("examples/ci/github-actions.yml");
    gitlab = await read("examples/ci/gitlab-ci.yml");
    action = await read("action.yml");
    folder = await mkdtemp(join(tmpdir(), "review-ci-"));
    const program = (name: string, script: string) =>
      writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await program("pulumi", 'printf %s "$PREVIEW"; exit "$STATUS"');
    await program(
      "npx",
      `echo "$1 $2" > npx.txt; case $1 in --*) shift;; esac; shift; exec "${process.execPath}" "${cli}" "$@"`,
    );
    // The sed of macOS: `-i` needs a suffix, and there are no extensions.
    await program("sed", '[ "$1" != -i ] || exit 1; PATH=${PATH#*:} POSIXLY_CORRECT=1 exec sed "$@"');
    await writeFile(join(folder, "Pulumi.yaml"), 'name: "market" # of prices\r\nruntime: nodejs\r\n');
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs a step as the runners do. Returns its exit code. */
  async function shell(script: string, env: NodeJS.ProcessEnv): Promise<number> {
    const path = `${folder}:${process.env.PATH}`;
    const child = execFile("bash", ["-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...process.env, PATH: path, PULUMI_STACK: "org/prod", ...env },
    });
    await once(child, "close");
    return child.exitCode!;
  }

  it("have the least permissions and skip forks", () => {
    const { permissions, jobs } = github;
    const own = { contents: "read", "id-token": "write" };
    expect(permissions).to.deep.equal({});
    expect(jobs.review.permissions).to.deep.equal({ ...own, "pull-requests": "write" });
    expect(jobs.up.permissions).to.deep.equal(own);
    expect(jobs.review.if).to.contain("head.repo.full_name == github.repository");
    expect(gitlab.review.rules[0]!.if).to.contain("SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID");
  });

  const tokens = [
    ["review", "pulumi preview", "PULUMI_PREVIEW_TOKEN"],
    ["up", "pulumi up", "PULUMI_ACCESS_TOKEN"],
  ] as const;
  for (const [name, command, token] of tokens) {
    it(`install without scripts and give ${token} only to \`${command}\``, () => {
      const { steps } = github.jobs[name];
      const installs = steps.findIndex(({ run }) => run === "npm ci --ignore-scripts");
      const credentials = steps.findIndex(({ uses }) => uses?.includes("credentials"));
      expect(installs).to.be.within(0, credentials);
      const withEnv = steps.filter(({ env }) => env);
      expect(withEnv.map(({ env }) => env)).to.deep.equal([
        { PULUMI_ACCESS_TOKEN: `\${{ secrets.${token} }}` },
      ]);
      expect(withEnv[0]!.run).to.match(new RegExp(`^${command} `));
    });
  }

  it("give no token to other steps, on GitHub and on GitLab", () => {
    expect(github.env).to.have.keys("PULUMI_STACK");
    expect(github.jobs.up.environment).to.equal("production");
    expect(gitlab[".pulumi"].before_script[0]).to.equal("npm ci --ignore-scripts");
    const preview = "PULUMI_ACCESS_TOKEN=${PULUMI_PREVIEW_TOKEN:-} pulumi preview";
    expect(gitlab.review.script[0]).to.contain(preview);
  });

  const isMarked = (body: string | undefined) => body?.split("\n")[0] === marker;

  const bot = "github-actions[bot]";
  for (const owner of [bot, "an-app[bot]", "a-user"]) {
    it(`update one comment of ${owner} on GitHub, and write the whole review to the summary`, async () => {
      const comments: Comment[] = [
        { id: 1, user: { login: "octocat" }, body: `${marker}\nnot ours` },
        { id: 2, user: null, body: undefined },
      ];
      const { steps } = github.jobs.review;
      const preview = steps.find(({ name }) => name === "Preview")!;
      const use = steps.find(({ uses }) => uses === "pulumi-dataexchange/pulumi-dataexchange@v0.1.0")!;
      const reviewOf = async (PREVIEW: string, STATUS: string, shown: string) => {
        expect(String(await shell(preview.run!, { PREVIEW, STATUS }))).to.equal(STATUS);
        expect(await runAction(use.with!, comments, { owner })).to.equal(0);
        expect(comments[2]!.body).to.satisfy(isMarked).and.contain(shown);
        expect(await readFile(join(folder, "summary.md"), "utf8")).to.contain(shown);
      };
      await reviewOf(whole, "0", "1 new job will run");
      await reviewOf(early, "255", "no credentials");
      expect(comments.map(({ id }) => id)).to.deep.equal([1, 2, 3]);
    });
  }

  const unnamed = "<!-- pulumi-dataexchange review -->";
  const ofReview = [whole.replaceAll(":prod:", ":review:"), marker.replace("prod", "review")] as const;
  const markers = [
    ["names the project of Pulumi.yml after a failure", rename, "Pulumi.yml", "org/prod", early, marker],
    ["names one project if both project files exist", copyFile, "Pulumi.yml", "org/prod", early, marker],
    ["omits the stack if PULUMI_STACK is not set", rename, "Pulumi.yml", "", early, unnamed],
    ["omits the stack if no project file has a name", rename, "Pulumi.json", "org/prod", early, unnamed],
    ["needs no project file for a whole preview", rename, "Pulumi.json", "org/prod", whole, marker],
    ["keeps the name of a stack that is called review", rename, "Pulumi.yml", "org/prod", ...ofReview],
  ] as const;
  for (const [title, renameOrCopy, file, stack, preview, expected] of markers) {
    it(`write a marker on GitHub that ${title}`, async () => {
      const comments: Comment[] = [];
      await writeFile(join(folder, "marker.json"), preview);
      await renameOrCopy(join(folder, "Pulumi.yaml"), join(folder, file));
      const code = await runAction({ preview: "marker.json" }, comments, { stack });
      await rename(join(folder, file), join(folder, "Pulumi.yaml"));
      expect(code).to.equal(0);
      expect(comments.map(({ body }) => body?.split("\n")[0])).to.deep.equal([expected]);
    });
  }

  it("fail on GitHub after the comment if `fail-on` is set and a job runs again", async () => {
    const comments: Comment[] = [];
    await writeFile(join(folder, "again.json"), previewOf([replaced("again", ["a.csv"], ["b.csv"])]));
    expect(await runAction({ preview: "again.json", "fail-on": "rerun" }, comments)).to.equal(3);
    expect(comments).to.have.length(1);
  });

  for (const [version, called] of [
    ["", "--no pulumi-dataexchange"],
    ["1.2.3", "--yes pulumi-dataexchange@1.2.3"],
  ] as const) {
    it(`run \`npx ${called}\` on GitHub if the input \`version\` is "${version}"`, async () => {
      await writeFile(join(folder, "new.json"), whole);
      for (const failOn of ["", "rerun"]) {
        expect(await runAction({ preview: "new.json", version, "fail-on": failOn }, [])).to.equal(0);
        expect((await readFile(join(folder, "npx.txt"), "utf8")).trim()).to.equal(called);
      }
    });
  }

  /** Runs the steps of action.yml on a pull request, as GitHub does, against a list of comments. Returns the exit code. */
  async function runAction(
    given: Record<string, string>,
    comments: Comment[],
    { owner = bot, stack = "org/prod" } = {},
  ): Promise<number> {
    const [summary, output] = [join(folder, "summary.md"), join(folder, "output.txt")];
    const files = { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output, RUNNER_TEMP: folder };
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
    const values = { ...Object.fromEntries(defaults), ...given } as Record<string, string>;
    const evaluate = (text: string): string =>
      text.replace(/\$\{\{ (?:inputs\.)?(\S+) \}\}/g, (_, name: string) => values[name]!);
    for (const step of action.runs.steps) {
      if (step.if === "inputs.fail-on != ''" && values["fail-on"] === "") continue;
      const entries = Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluate(text)]);
      const own = Object.fromEntries(entries) as NodeJS.ProcessEnv;
      if (step.uses === undefined) {
        expect(step.shell).to.equal("bash");
        const code = await shell(step.run!, { ...files, PULUMI_STACK: stack, ...own });
        if (code !== 0) return code;
        const [, review] = /^review=(.*)$/m.exec(await readFile(output, "utf8"))!;
        values["steps.review.outputs.review"] = review!;
      } else {
        expect(step.if).to.equal("github.event_name == 'pull_request'");
        await comment(step.with!.script!, own, comments, owner);
      }
    }
    return 0;
  }

  it("update one note on GitLab by its marker, on any page, and fail if the preview failed", async () => {
    const notes = Array.from({ length: 120 }, (_, id) => ({ id, author: { id: 1 }, body: marker }));
    const { url } = await serve((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, "http://localhost");
      const answer = (body: string) => {
        const sent = new URLSearchParams(body).get("body")!;
        if (pathname === "/user") return response.end('{ "id": 7 }');
        if (request.method === "POST") notes.push({ id: notes.length, author: { id: 7 }, body: sent });
        if (request.method === "PUT") notes[Number(pathname.split("/").at(-1))]!.body = sent;
        const end = Number(searchParams.get("page")) * 100;
        response.setHeader("X-Next-Page", notes.length > end ? String(end / 100 + 1) : "");
        return response.end(JSON.stringify(notes.slice(end - 100, end)));
      };
      void text(request).then(answer);
    });
    const project = { CI_PROJECT_ID: "3", CI_MERGE_REQUEST_IID: "4" };
    const env = { CI_API_V4_URL: url, ...project, GITLAB_TOKEN: "planted" };
    const script = gitlab.review.script.join("\n");
    for (const [PREVIEW, STATUS, shown] of [
      [whole, "0", "1 new job"],
      [early, "5", "no credentials"],
    ] as const) {
      expect(String(await shell(script, { ...env, PREVIEW, STATUS }))).to.equal(STATUS);
      expect(notes).to.have.length(121);
      expect(notes[120]!.body).to.satisfy(isMarked).and.contain(shown);
    }
  });
});

/** Runs the script of actions/github-script, with the token of `login`, against a list of comments. */
async function comment(script: string, env: object, comments: Comment[], login: string): Promise<void> {
  const user = { login };
  const issues = {
    createComment: ({ body }: { body: string }) =>
      Promise.resolve(comments.push({ id: comments.length + 1, user, body })),
    updateComment: ({ comment_id, body }: { comment_id: number; body: string }) =>
      Promise.resolve((comments[comment_id - 1]!.body = body)),
  };
  const graphql = () => Promise.resolve({ viewer: user });
  const api = { paginate: () => Promise.resolve(comments), graphql, rest: { issues } };
  const parameters = ["github", "context", "process", "require"];
  const run = compileFunction(`return (async () => { ${script} })()`, parameters);
  const context = { repo: { owner: "o", repo: "r" }, issue: { number: 5 } };
  await (run as (...own: unknown[]) => unknown)(api, context, { env }, require);
}
