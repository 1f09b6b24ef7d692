/**
 * The inline programs of many runs share one process, and by default their connections as well: what is left of one to
 * the port of an engine that is gone is then taken for the way to the next engine that happens to get the port. That
 * program cannot reach its engine, and the SDK lets it end well without having declared anything. So each run connects
 * for itself.
 */
import * as settings from "@pulumi/pulumi/runtime/settings";

const { grpcClientOptions } = settings as unknown as { grpcClientOptions: Record<string, unknown> };
grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
