/** Programs in Java. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { progressOn } from "../../scripts/progress";
import { findExecutable, foldersOnPath, run } from "../../scripts/run-program";
import { writeText } from "../harness/folder";
import { javaPackage } from "./java-package";
import type { ProgramHost } from "./program-host";
import { programHost } from "./program-host";

/** Maven may download the packages. */
const timeoutMs = 10 * 60_000;

/** Throws the reason, as a clause without a full stop, if nothing can be compiled. */
export async function checkJava(): Promise<void> {
  const { env } = process;
  for (const command of ["mvn", "javac"])
    if (!findExecutable(foldersOnPath(env), command)) throw new Error(`there is no ${command} on the PATH`);
  // The SDK of Pulumi needs Java 11.
  await run("javac", ["--release", "11", "-version"], { env, timeoutMs: 20_000 });
}

/** Compiles a program, and others, with the project of examples/java and the package where `pulumi install` puts it. */
export async function javaProgram(program: string, others: readonly string[] = []): Promise<ProgramHost> {
  const { env } = process;
  const root = await mkdtemp(join(tmpdir(), "java-program-"));
  await cp(join("examples", "java"), root, { recursive: true });
  const own = join(root, "src", "main", "java");
  await cp(program, join(own, "quickstart", "App.java"));
  for (const [index, text] of others.entries()) {
    const name = `example${index}`;
    await writeText(join(own, name, "App.java"), text.replace("package example;", `package ${name};`));
  }
  const sources = join(root, "sdks", "dataexchange", "src", "main", "java");
  for (const [path, text] of javaPackage()) await writeText(join(sources, path), text);
  const goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"];
  // Maven writes the errors of the compiler to its standard output, with much around them.
  const isProgress = (line: string) => !/\.java:|Failed to execute/.test(line);
  const command = `mvn --quiet --batch-mode ${goals.join(" ")} >&2`;
  const built = run("sh", ["-c", command], { env, cwd: root, timeoutMs, isProgress, name: "mvn" });
  await progressOn(process.stderr).during(() => `building ${program} with Maven`, built);
  const packages = await readFile(join(root, "classpath"), "utf8");
  const classpath = `${join(root, "target", "classes")}:${packages}`;
  // A program is so short that the second compiler costs more time than it saves.
  const host = await programHost("java", "-XX:TieredStopAtLevel=1", "-cp", classpath, "quickstart.App");
  const stop = async () => {
    await host.stop();
    await rm(root, { recursive: true, force: true });
  };
  return { ...host, stop };
}
