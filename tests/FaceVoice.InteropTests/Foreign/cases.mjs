// What callers rely on, by the gRPC library of Node.js: node cases.mjs HOST:PORT KEY_FILE SLOW_KEY_FILE FACE VOICE
// Prints one JSON object a line: {"name", "error"}; error is null if the case passed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const require = createRequire(join(root, "tools", "node-client", "facevoice.mjs"));
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const [address, keyFile, slowKeyFile, facePath, voicePath] = process.argv.slice(2);
const { v1 } = grpc.loadPackageDefinition(
  loadSync(["embedding", "matching", "index", "model"].map((name) => `facevoice/v1/${name}_service.proto`), {
    includeDirs: [join(root, "protos")], longs: Number, enums: String, defaults: true, oneofs: true })).facevoice;
const options = { "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 };
const plaintext = grpc.credentials.createInsecure();
const connect = (name, more = {}) => new v1[name](address, plaintext, { ...options, ...more });
const clients = { embedding: connect("EmbeddingService"), matching: connect("MatchingService"), index: connect("IndexService"), model: connect("ModelService") };
const [face, voice] = [{ data: readFileSync(facePath) }, { data: readFileSync(voicePath) }];

function keyed(file = keyFile) {
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${readFileSync(file, "utf8").trim()}`);
  return metadata;
}

const unary = (client, method, request, { metadata = keyed(), deadline } = {}) =>
  new Promise((resolve, reject) => client[method](request, metadata, deadline ? { deadline } : {}, (error, value) => (error ? reject(error) : resolve(value))));

/** Collects the answers of a stream to its end. */
const collect = (call) =>
  new Promise((resolve, reject) => {
    const answers = [];
    call.on("data", (value) => answers.push(value));
    call.on("error", reject);
    call.on("end", () => resolve(answers));
  });

const failure = async (promise) => promise.then(() => assert.fail("the call should have failed"), (error) => error);
const fails = async (code, promise) => {
  const error = await failure(promise);
  assert.equal(error.code, code, error.message);
  return error;
};

const cases = {
  async unary() {
    const model = await unary(clients.model, "GetModel", {});
    assert.equal(model.modelId.length, 64);
    const answer = await unary(clients.embedding, "EmbedFace", { face, spaces: ["SPACE_FACE"] });
    assert.equal(answer.embeddings[0].values.length, 512);
    assert.equal(answer.report.facesFound, 1);
  },
  async unary_compressed() {
    const client = connect("EmbeddingService", { "grpc.default_compression_algorithm": 2 });
    const answer = await unary(client, "EmbedVoice", { voice, spaces: ["SPACE_SPEAKER"] });
    assert.equal(answer.embeddings[0].values.length, 192);
    client.close();
  },
  async bidirectional_stream() {
    const call = clients.embedding.EmbedStream(keyed());
    const reading = collect(call);
    for (let i = 0; i < 8; i++) call.write(i % 2 ? { id: `${i}`, face, spaces: ["SPACE_FACE"] } : { id: `${i}`, voice, spaces: ["SPACE_SPEAKER"] });
    call.write({ id: "broken", face: { data: Buffer.from("no picture") } });
    call.end();
    const answers = new Map((await reading).map((answer) => [answer.id, answer]));
    assert.equal(answers.size, 9);
    assert.equal(answers.get("broken").error.code, grpc.status.INVALID_ARGUMENT);
    assert.deepEqual(answers.get("1").embeddings, answers.get("7").embeddings);
  },
  async live_stream() {
    const call = clients.embedding.EmbedVoiceStream(keyed());
    const reading = collect(call);
    call.write({ config: { encoding: "LIVE_AUDIO_ENCODING_PCM16", spaces: ["SPACE_SPEAKER"], windowSeconds: 1 } });
    const samples = voice.data.subarray(44);
    for (let at = 0; at < samples.length; at += 3333) call.write({ audio: samples.subarray(at, at + 3333) });
    call.end();
    const answers = await reading;
    assert.equal(answers.length, 4);
    assert.equal(answers.at(-1).window, -1);
    assert.equal(answers.at(-1).embeddings[0].values.length, 192);
  },
  async empty_stream() {
    const call = clients.embedding.EmbedStream(keyed());
    call.end();
    assert.deepEqual(await collect(call), []);
  },
  async enrol_search_delete() {
    const identity = "node größe 😈";
    const enrolled = await unary(clients.index, "Enroll", { requestId: "node-1", identity, voices: [{ audio: voice }] });
    const { hits } = await unary(clients.index, "Search", { voice: { audio: voice }, space: "SPACE_SPEAKER", limit: 1 });
    assert.equal(hits[0].identity, identity);
    assert.equal((await unary(clients.index, "Delete", { sampleIds: { values: enrolled.samples.map((s) => s.sampleId) } })).removed, 1);
  },
  async error_with_message() {
    const error = await fails(grpc.status.INVALID_ARGUMENT, unary(clients.index, "Enroll", {
      requestId: "node-2", identity: "x", voices: [{ audio: voice }], attributes: { "größe 😈": {} } }));
    assert.match(error.details, /"größe 😈"/);
  },
  async error_with_retry_hint() {
    const metadata = keyed(slowKeyFile);
    const calls = await Promise.allSettled([1, 2, 3].map(() => unary(clients.model, "GetModel", {}, { metadata })));
    const refused = calls.filter((call) => call.status === "rejected").map((call) => call.reason);
    assert.ok(refused.length >= 2);
    for (const error of refused) {
      assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
      assert.ok(Number(error.metadata.get("retry-after-ms")[0]) > 1000);
    }
  },
  async no_key() {
    await fails(grpc.status.UNAUTHENTICATED, unary(clients.model, "GetModel", {}, { metadata: new grpc.Metadata() }));
  },
  async too_large() {
    await fails(grpc.status.RESOURCE_EXHAUSTED, unary(clients.embedding, "EmbedFace", { face: { data: Buffer.alloc(17 << 20) } }));
  },
  async deadline() {
    const call = clients.embedding.EmbedStream(keyed(), { deadline: Date.now() + 300 });
    await fails(grpc.status.DEADLINE_EXCEEDED, collect(call));
  },
  async cancel() {
    const call = clients.embedding.EmbedStream(keyed());
    const reading = failure(collect(call));
    call.write({ id: "1", face });
    call.once("data", () => call.cancel());
    assert.equal((await reading).code, grpc.status.CANCELLED);
  },
  async unimplemented() {
    const raw = new grpc.Client(address, plaintext);
    for (const path of ["/facevoice.v1.ModelService/NoSuch", "/no.Such/Method"]) await fails(grpc.status.UNIMPLEMENTED, bytes(raw, path, keyed()));
    raw.close();
  },
  async health() {
    const raw = new grpc.Client(address, plaintext);
    assert.deepEqual([...(await bytes(raw, "/grpc.health.v1.Health/Check"))], [8, 1]); // status: SERVING
    await fails(grpc.status.NOT_FOUND, bytes(raw, "/grpc.health.v1.Health/Check", new grpc.Metadata(), Buffer.from([10, 1, 120])));
    raw.close();
  },
};

const identity = (value) => value;
const bytes = (client, path, metadata = new grpc.Metadata(), request = Buffer.alloc(0)) =>
  new Promise((resolve, reject) => client.makeUnaryRequest(path, identity, identity, request, metadata, {}, (error, value) => (error ? reject(error) : resolve(value))));

for (const [name, run] of Object.entries(cases)) {
  const error = await run().then(() => null, (e) => e.stack ?? String(e));
  console.log(JSON.stringify({ name, error }));
}
Object.values(clients).forEach((client) => client.close());
