/** Loaded into the local service by `--require`: sends the live memory to the parent process when it sends a message. */

/** Megabytes of objects and buffers that are reachable. V8 frees the others late, and each version at other times. */
function liveMemory(): number {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 ** 2;
}

process.on("message", () => process.send!(liveMemory()));
// The channel alone does not keep the process running.
process.channel!.unref();
