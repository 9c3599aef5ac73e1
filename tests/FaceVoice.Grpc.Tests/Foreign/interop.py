"""The public gRPC interoperability cases with Python's grpcio.

interop.py client HOST:PORT DESCRIPTORS   runs the cases; one JSON object a line: {"name", "error"}
interop.py server DESCRIPTORS             prints its port, and ends when its standard input does
"""
import concurrent.futures
import json
import sys
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
ECHO = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))


def load(path):
    """Message classes by their short names."""
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as stream:
        files.ParseFromString(stream.read())
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {m.name: factory.GetPrototype(pool.FindMessageTypeByName("grpc.testing." + m.name)) for f in files.file for m in f.message_type}


class Client:
    def __init__(self, address, types):
        self.t = types
        self.channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])

    def method(self, kind, name, request, response, service="TestService"):
        return getattr(self.channel, kind)(
            f"/grpc.testing.{service}/{name}",
            request_serializer=self.t[request].SerializeToString,
            response_deserializer=self.t[response].FromString,
        )

    def empty(self, name="EmptyCall", service="TestService"):
        return self.method("unary_unary", name, "Empty", "Empty", service)

    def unary(self):
        return self.method("unary_unary", "UnaryCall", "SimpleRequest", "SimpleResponse")

    def upload(self):
        return self.method("stream_unary", "StreamingInputCall", "StreamingInputCallRequest", "StreamingInputCallResponse")

    def duplex(self):
        return self.method("stream_stream", "FullDuplexCall", "StreamingOutputCallRequest", "StreamingOutputCallResponse")

    def zeros(self, size):
        return self.t["Payload"](body=bytes(size))

    def simple(self, **fields):
        return self.t["SimpleRequest"](**fields)

    def output(self, response_sizes=(), **fields):
        return self.t["StreamingOutputCallRequest"](response_parameters=[self.t["ResponseParameters"](size=s) for s in response_sizes], **fields)

    def empty_unary(self):
        self.empty()(self.t["Empty"]())

    def large_unary(self):
        response = self.unary()(self.simple(response_size=314159, payload=self.zeros(271828)))
        assert response.payload.body == bytes(314159)

    def client_compressed_unary(self):
        request = self.simple(response_size=314159, payload=self.zeros(271828), expect_compressed=self.t["BoolValue"](value=True))
        assert failure(lambda: self.unary()(request)).code() == grpc.StatusCode.INVALID_ARGUMENT
        self.unary()(request, compression=grpc.Compression.Gzip)

    def server_compressed_unary(self):
        request = self.simple(response_size=314159, payload=self.zeros(271828), response_compressed=self.t["BoolValue"](value=True))
        assert len(self.unary()(request).payload.body) == 314159

    def client_streaming(self):
        requests = (self.t["StreamingInputCallRequest"](payload=self.zeros(size)) for size in REQUEST_SIZES)
        assert self.upload()(requests).aggregated_payload_size == 74922

    def server_streaming(self):
        call = self.method("unary_stream", "StreamingOutputCall", "StreamingOutputCallRequest", "StreamingOutputCallResponse")
        assert [len(r.payload.body) for r in call(self.output(RESPONSE_SIZES))] == RESPONSE_SIZES

    def ping_pong(self):
        requests = Pipe()
        responses = self.duplex()(requests)
        for request, response in zip(REQUEST_SIZES, RESPONSE_SIZES):
            requests.put(self.output([response], payload=self.zeros(request)))
            assert len(next(responses).payload.body) == response
        requests.put(None)
        assert list(responses) == []

    def empty_stream(self):
        assert list(self.duplex()(iter([]))) == []

    def custom_metadata(self):
        call = self.unary().future(self.simple(response_size=314159, payload=self.zeros(271828)), metadata=ECHO)
        call.result()
        duplex = self.duplex()(iter([self.output([314159])]), metadata=ECHO)
        list(duplex)
        for seen in (call, duplex):
            assert dict(seen.initial_metadata())[ECHO[0][0]] == ECHO[0][1]
            assert dict(seen.trailing_metadata())[ECHO[1][0]] == ECHO[1][1]

    def status_code_and_message(self):
        status = self.t["EchoStatus"](code=2, message="test status message")
        one = failure(lambda: self.unary()(self.simple(response_status=status)))
        two = failure(lambda: list(self.duplex()(iter([self.output(response_status=status)]))))
        for error in (one, two):
            assert error.code() == grpc.StatusCode.UNKNOWN and error.details() == "test status message"

    def special_status_message(self):
        message = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
        error = failure(lambda: self.unary()(self.simple(response_status=self.t["EchoStatus"](code=2, message=message))))
        assert error.code() == grpc.StatusCode.UNKNOWN and error.details() == message

    def unimplemented_method(self):
        assert failure(lambda: self.empty("UnimplementedCall")(self.t["Empty"]())).code() == grpc.StatusCode.UNIMPLEMENTED

    def unimplemented_service(self):
        call = self.empty("UnimplementedCall", "UnimplementedService")
        assert failure(lambda: call(self.t["Empty"]())).code() == grpc.StatusCode.UNIMPLEMENTED

    def cancel_after_begin(self):
        call = self.upload().future(Pipe())
        call.cancel()
        assert call.cancelled() and call.code() == grpc.StatusCode.CANCELLED

    def cancel_after_first_response(self):
        requests = Pipe()
        responses = self.duplex()(requests)
        requests.put(self.output([31415], payload=self.zeros(27182)))
        next(responses)
        responses.cancel()
        assert failure(lambda: next(responses)).code() == grpc.StatusCode.CANCELLED
        requests.put(None)

    def timeout_on_sleeping_server(self):
        requests = Pipe()
        requests.put(self.output(payload=self.zeros(27182)))
        assert failure(lambda: list(self.duplex()(requests, timeout=0.001))).code() == grpc.StatusCode.DEADLINE_EXCEEDED
        requests.put(None)

    CASES = [
        empty_unary, large_unary, client_compressed_unary, server_compressed_unary, client_streaming, server_streaming, ping_pong, empty_stream,
        custom_metadata, status_code_and_message, special_status_message, unimplemented_method, unimplemented_service, cancel_after_begin,
        cancel_after_first_response, timeout_on_sleeping_server,
    ]


class Pipe:
    """Requests that are made while the call runs; None ends them."""

    def __init__(self):
        import queue
        self.queue = queue.Queue()
        self.put = self.queue.put

    def __iter__(self):
        return self

    def __next__(self):
        item = self.queue.get(timeout=20)
        if item is None:
            raise StopIteration
        return item


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call should have failed")


def run_client(address, descriptors):
    client = Client(address, load(descriptors))
    for case in Client.CASES:
        error = None
        try:
            case(client)
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"name": case.__name__, "error": error}), flush=True)


class Service(grpc.GenericRpcHandler):
    def __init__(self, types):
        self.t = types

    def service(self, details):
        prefix, name = details.method.rsplit("/", 1)
        if prefix != "/grpc.testing.TestService" or not hasattr(self, name):
            return None
        kind, request, response = {
            "EmptyCall": ("unary_unary", "Empty", "Empty"),
            "UnaryCall": ("unary_unary", "SimpleRequest", "SimpleResponse"),
            "StreamingInputCall": ("stream_unary", "StreamingInputCallRequest", "StreamingInputCallResponse"),
            "StreamingOutputCall": ("unary_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
            "FullDuplexCall": ("stream_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
        }[name]
        return getattr(grpc, kind + "_rpc_method_handler")(
            getattr(self, name), request_deserializer=self.t[request].FromString, response_serializer=self.t[response].SerializeToString)

    def echo(self, context):
        metadata = dict(context.invocation_metadata())
        if ECHO[0][0] in metadata:
            context.send_initial_metadata(((ECHO[0][0], metadata[ECHO[0][0]]),))
        if ECHO[1][0] in metadata:
            context.set_trailing_metadata(((ECHO[1][0], metadata[ECHO[1][0]]),))

    def check(self, request, context):
        if request.response_status.code:
            code = next(c for c in grpc.StatusCode if c.value[0] == request.response_status.code)
            context.abort(code, request.response_status.message)

    def answers(self, request):
        for parameters in request.response_parameters:
            yield self.t["StreamingOutputCallResponse"](payload=self.t["Payload"](body=bytes(parameters.size)))

    def EmptyCall(self, request, context):
        return self.t["Empty"]()

    def UnaryCall(self, request, context):
        self.echo(context)
        self.check(request, context)
        return self.t["SimpleResponse"](payload=self.t["Payload"](body=bytes(request.response_size)))

    def StreamingInputCall(self, requests, context):
        return self.t["StreamingInputCallResponse"](aggregated_payload_size=sum(len(r.payload.body) for r in requests))

    def StreamingOutputCall(self, request, context):
        yield from self.answers(request)

    def FullDuplexCall(self, requests, context):
        self.echo(context)
        for request in requests:
            self.check(request, context)
            yield from self.answers(request)


def run_server(descriptors):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1)])
    server.add_generic_rpc_handlers((Service(load(descriptors)),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


if __name__ == "__main__":
    run_client(*sys.argv[2:]) if sys.argv[1] == "client" else run_server(*sys.argv[2:])
