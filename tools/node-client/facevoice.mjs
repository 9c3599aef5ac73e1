// Loads the service's .proto files and makes clients of its four services, with promises instead of callbacks.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const protos = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "protos");
const definition = protoLoader.loadSync(
  ["embedding", "matching", "index", "model"].map((name) => `facevoice/v1/${name}_service.proto`),
  { includeDirs: [protos], longs: Number, enums: String, defaults: false, oneofs: true });
const { v1 } = grpc.loadPackageDefinition(definition).facevoice;

/** Wraps the unary methods of a client: `await call("Match", request)`. */
function promised(client, metadata) {
  return (method, request, deadlineSeconds = 60) =>
    new Promise((resolve, reject) =>
      client[method](request, metadata, { deadline: Date.now() + deadlineSeconds * 1000 }, (error, answer) => (error ? reject(error) : resolve(answer))));
}

/** Connects to "host:port". `apiKeyFile` is needed where the server asks for keys. */
export function connect(address, apiKeyFile) {
  const metadata = new grpc.Metadata();
  if (apiKeyFile) metadata.set("authorization", `Bearer ${readFileSync(apiKeyFile, "utf8").trim()}`);
  const options = { "grpc.max_send_message_length": 16 << 20, "grpc.max_receive_message_length": 16 << 20 };
  const clients = ["EmbeddingService", "MatchingService", "IndexService", "ModelService"].map((name) => new v1[name](address, grpc.credentials.createInsecure(), options));
  const [embedding, matching, index, model] = clients.map((client) => promised(client, metadata));
  return { embedding, matching, index, model, close: () => clients.forEach((client) => client.close()) };
}

/** A picture, as a request wants it. */
export const face = (path) => ({ image: { data: readFileSync(path) } });

/** A recording, as a request wants it. */
export const voice = (path) => ({ audio: { data: readFileSync(path) } });
