// The public gRPC interoperability cases with the gRPC library of Node.js: node client.mjs HOST:PORT test.proto
// Prints one JSON object a line: {"name", "error"}; error is null where the case passed.
import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [address, proto] = process.argv.slice(2);
const api = grpc.loadPackageDefinition(loadSync(proto, { keepCase: true, defaults: true })).grpc.testing;
const options = { "grpc.max_receive_message_length": -1 };
const client = new api.TestService(address, grpc.credentials.createInsecure(), options);
const absent = new api.UnimplementedService(address, grpc.credentials.createInsecure(), options);
const zeros = (size) => ({ body: Buffer.alloc(size) });
const sizes = (list) => list.map((size) => ({ size }));
const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];

const unary = (name, request, metadata = new grpc.Metadata(), callOptions = {}, from = client) =>
  new Promise((resolve, reject) => {
    const seen = {};
    const call = from[name](request, metadata, callOptions, (error, value) => (error ? reject(error) : (seen.value = value)));
    call.on("metadata", (headers) => (seen.headers = headers));
    call.on("status", (status) => status.code === 0 && resolve({ ...seen, status }));
  });

/** Collects a stream of responses to its end. */
const collect = (call) =>
  new Promise((resolve, reject) => {
    const seen = { values: [] };
    call.on("metadata", (headers) => (seen.headers = headers));
    call.on("data", (value) => seen.values.push(value));
    call.on("error", reject);
    call.on("status", (status) => status.code === 0 && resolve({ ...seen, status }));
  });

const failure = async (promise) => promise.then(() => assert.fail("the call should have failed"), (error) => error);

const cases = {
  async empty_unary() {
    assert.deepEqual((await unary("EmptyCall", {})).value, {});
  },
  async large_unary() {
    const { value } = await unary("UnaryCall", { response_size: 314159, payload: zeros(271828) });
    assert.ok(value.payload.body.equals(Buffer.alloc(314159)));
  },
  async client_streaming() {
    const size = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall((error, value) => (error ? reject(error) : resolve(value.aggregated_payload_size)));
      for (const request of requestSizes) call.write({ payload: zeros(request) });
      call.end();
    });
    assert.equal(size, 74922);
  },
  async server_streaming() {
    const { values } = await collect(client.StreamingOutputCall({ response_parameters: sizes(responseSizes) }));
    assert.deepEqual(values.map((v) => v.payload.body.length), responseSizes);
  },
  async server_compressed_streaming() {
    const { values } = await collect(client.StreamingOutputCall({
      response_parameters: [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }],
    }));
    assert.deepEqual(values.map((v) => v.payload.body.length), [31415, 92653]);
  },
  async ping_pong() {
    const call = client.FullDuplexCall();
    const end = collect(call);
    for (let i = 0; i < requestSizes.length; i++) {
      const next = new Promise((resolve) => call.once("data", resolve));
      call.write({ response_parameters: sizes([responseSizes[i]]), payload: zeros(requestSizes[i]) });
      assert.equal((await next).payload.body.length, responseSizes[i]);
    }
    call.end();
    assert.equal((await end).status.code, 0);
  },
  async empty_stream() {
    const call = client.FullDuplexCall();
    const end = collect(call);
    call.end();
    assert.equal((await end).values.length, 0);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.add("x-grpc-test-echo-initial", "test_initial_metadata_value");
    metadata.add("x-grpc-test-echo-trailing-bin", Buffer.from([0xab, 0xab, 0xab]));
    const one = await unary("UnaryCall", { response_size: 314159, payload: zeros(271828) }, metadata);
    const call = client.FullDuplexCall(metadata);
    const end = collect(call);
    call.write({ response_parameters: sizes([314159]), payload: zeros(271828) });
    call.end();
    for (const seen of [one, await end]) {
      assert.deepEqual(seen.headers.get("x-grpc-test-echo-initial"), ["test_initial_metadata_value"]);
      assert.deepEqual(seen.status.metadata.get("x-grpc-test-echo-trailing-bin"), [Buffer.from([0xab, 0xab, 0xab])]);
    }
  },
  async status_code_and_message() {
    const response_status = { code: 2, message: "test status message" };
    const call = client.FullDuplexCall();
    const end = failure(collect(call));
    call.write({ response_status });
    call.end();
    for (const error of [await failure(unary("UnaryCall", { response_status })), await end]) {
      assert.equal(error.code, 2);
      assert.equal(error.details, "test status message");
    }
  },
  async special_status_message() {
    const message = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n";
    const error = await failure(unary("UnaryCall", { response_status: { code: 2, message } }));
    assert.equal(error.code, 2);
    assert.equal(error.details, message);
  },
  async unimplemented_method() {
    assert.equal((await failure(unary("UnimplementedCall", {}))).code, 12);
  },
  async unimplemented_service() {
    assert.equal((await failure(unary("UnimplementedCall", {}, undefined, {}, absent))).code, 12);
  },
  async cancel_after_begin() {
    const error = await new Promise((resolve) => {
      const call = client.StreamingInputCall(resolve);
      call.cancel();
    });
    assert.equal(error.code, 1);
  },
  async cancel_after_first_response() {
    const call = client.FullDuplexCall();
    const end = failure(collect(call));
    call.once("data", () => call.cancel());
    call.write({ response_parameters: sizes([31415]), payload: zeros(27182) });
    assert.equal((await end).code, 1);
  },
  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall({ deadline: Date.now() + 1 });
    const end = failure(collect(call));
    call.write({ payload: zeros(27182) });
    assert.equal((await end).code, 4);
  },
};

for (const [name, run] of Object.entries(cases)) {
  let error = null;
  try {
    await run();
  } catch (e) {
    error = String(e.stack ?? e);
  }
  console.log(JSON.stringify({ name, error }));
}
client.close();
absent.close();
process.exit(0); // calls that were cancelled may still hold a timer
