// The service of the public gRPC interoperability tests on the gRPC library of Node.js: node server.mjs test.proto
// Prints its port, and ends when its standard input does.
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const api = grpc.loadPackageDefinition(loadSync(process.argv[2], { keepCase: true, defaults: true })).grpc.testing;
const zeros = (size) => ({ payload: { body: Buffer.alloc(size) } });

/** Sends the echoed header at once and returns the trailers. */
function echo(call) {
  const trailers = new grpc.Metadata();
  for (const value of call.metadata.get("x-grpc-test-echo-trailing-bin")) trailers.add("x-grpc-test-echo-trailing-bin", value);
  const initial = call.metadata.get("x-grpc-test-echo-initial");
  if (initial.length > 0) {
    const headers = new grpc.Metadata();
    headers.add("x-grpc-test-echo-initial", initial[0]);
    call.sendMetadata(headers);
  }
  return trailers;
}

const failed = (status) => (status && status.code !== 0 ? { code: status.code, details: status.message } : null);

const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
server.addService(api.TestService.service, {
  EmptyCall: (call, done) => done(null, {}),
  UnaryCall(call, done) {
    const trailers = echo(call);
    const error = failed(call.request.response_status);
    if (error) done(error);
    else done(null, zeros(call.request.response_size), trailers);
  },
  StreamingInputCall(call, done) {
    let size = 0;
    call.on("data", (request) => (size += request.payload.body.length));
    call.on("end", () => done(null, { aggregated_payload_size: size }));
  },
  StreamingOutputCall(call) {
    for (const { size } of call.request.response_parameters) call.write(zeros(size));
    call.end();
  },
  FullDuplexCall(call) {
    const trailers = echo(call);
    call.on("data", (request) => {
      const error = failed(request.response_status);
      if (error) call.emit("error", error);
      else for (const { size } of request.response_parameters) call.write(zeros(size));
    });
    call.on("end", () => call.end(trailers));
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
