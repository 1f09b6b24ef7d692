/** The workflows to be copied: what they may do, and their steps, run against a forge that keeps comments in a list. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { compileFunction } from "node:vm";

import { expect } from "chai";
import { parse } from "yaml";

import { created, previewOf } from "./previews";

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: { script?: string };
}
interface Job {
  if: string;
  environment?: string;
  permissions: object;
  steps: Step[];
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

const read = async <T>(file: string) => parse(await readFile(join("examples", "ci", file), "utf8")) as T;

const marker = "<!-- pulumi-dataexchange review of market/prod -->";
const whole = previewOf([created("new")]);
const early = JSON.stringify({ diagnostics: [{ severity: "error", message: "no credentials" }] });

/** Its shell steps ask for GNU's sed, as the runners have it. */
(process.platform === "linux" ? describe : describe.skip)("review: the workflows", function () {
  this.timeout("1m");
  let github: GitHub, gitlab: GitLab, folder: string;

  before(async () => {
    [github, gitlab] = [await read("github-actions.yml"), await read("gitlab-ci.yml")];
    folder = await mkdtemp(join(tmpdir(), "review-ci-"));
    const program = async (name: string, script: string) => {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    };
    await program("pulumi", 'printf %s "$PREVIEW"; exit "$STATUS"');
    await program("npx", `shift; exec "${process.execPath}" "${join(__dirname, "../../cli/main.js")}" "$@"`);
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

  it("of GitHub have the least permissions, leave out forks, and pin each action to the commit of a version", async () => {
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
    for (const file of ["ci/github-actions.yml", "nightly/README.md"]) {
      const lines = (await readFile(join("examples", file), "utf8")).match(/uses: .*/g)!;
      for (const line of lines)
        expect(line).to.match(/^uses: [\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("install no dependency's scripts, and give tokens to Pulumi's steps alone", () => {
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

  const stepOf = (name: string) => github.jobs.review.steps.find((step) => step.name === name)!;

  it("of GitHub keep one comment, found again by its marker, and its whole in the summary", async () => {
    const comments = [
      { id: 1, user: { login: "somebody" }, body: `${marker}\nnot ours` },
      { id: 2, user: null, body: undefined },
    ] as { id: number; user: { login: string } | null; body?: string }[];
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
    const summary = join(folder, "summary.md");
    const files = { readFile: () => readFile(join(folder, "review.md"), "utf8") };
    for (const [preview, status] of [
      [whole, 0],
      [early, 255],
    ] as const) {
      const env = { PREVIEW: preview, STATUS: String(status), GITHUB_STEP_SUMMARY: summary };
      expect(await shell(stepOf("Preview").run!, env)).to.equal(status);
      expect(await shell(stepOf("Review").run!, env)).to.equal(0);
      const script = `return (async () => { ${stepOf("Comment").with!.script!} })()`;
      const run = compileFunction(script, ["github", "context", "require"]) as (...own: unknown[]) => unknown;
      await run(api, { repo: { owner: "o", repo: "r" }, issue: { number: 5 } }, () => files);
      expect(comments.map(({ id }) => id)).to.deep.equal([1, 2, 3]);
      expect(comments[2]!.body)
        .to.match(new RegExp(`^${marker}\n`))
        .and.contain(status === 0 ? "1 new job will run" : "no credentials");
    }
    expect(await readFile(summary, "utf8"))
      .to.contain("1 new job will run")
      .and.contain("no credentials");
  });

  it("of GitLab keep one note, found again by its marker on whatever page, and fail as the preview did", async () => {
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

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>,
): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}
