/** Pulumi's engine, as the protocol of each host reaches it. */
export interface Engine {
  /** By which another process finds out whether the engine runs. Undefined without an engine. */
  readonly address: string | undefined;
  /**
   * Shows a line on the row of the resource with that URN; the next line replaces an ephemeral one. Resolves when the engine
   * has accepted the line, so that lines keep their order, or after a timeout. Never rejects.
   */
  log(severity: Severity, message: string, urn?: string, ephemeral?: boolean): Promise<void>;
  /** Connects before the first message. */
  connect?(): unknown;
  /** False if the engine was reached before and is not reachable now, for example because it was killed. */
  isAlive(): Promise<boolean>;
}

export type Severity = "INFO" | "WARNING";
