/** Whether a process of this machine has the id. It may have ended, and the id may belong to another one now. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process runs, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
