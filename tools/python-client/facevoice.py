"""Client of a FaceVoice server. Needs grpcio and protobuf (Debian: python3-grpcio, python3-protobuf), and no generated code: the messages come from
the descriptor that lies beside the .proto files.

    server = FaceVoice("localhost:5051", api_key_file="key.txt")
    answer = server.matching("Match", faces=[server.face("anna.jpg")], voices=[server.voice("anna.wav")])
    print(answer.score, answer.probability)
"""
import json
import os
import pathlib

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

DESCRIPTORS = pathlib.Path(__file__).resolve().parents[2] / "protos" / "facevoice" / "v1" / "descriptors.binpb"
LIMIT = 16 << 20


def _message_class(factory, descriptor):
    create = getattr(message_factory, "GetMessageClass", None) or factory.GetPrototype
    return create(descriptor)


class FaceVoice:
    """Calls of all four services: server.embedding("EmbedFace", face=...), server.matching(...), server.index(...), server.model(...)."""

    def __init__(self, address, api_key_file=None, ca_file=None):
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
            self._pool.Add(file)
        self._factory = message_factory.MessageFactory(self._pool)
        key = pathlib.Path(api_key_file).read_text().strip() if api_key_file else os.environ.get("FACEVOICE_API_KEY")
        self._metadata = [("authorization", f"Bearer {key}")] if key else []
        options = [("grpc.max_send_message_length", LIMIT), ("grpc.max_receive_message_length", LIMIT)]
        if ca_file:
            credentials = grpc.ssl_channel_credentials(pathlib.Path(ca_file).read_bytes())
            self._channel = grpc.secure_channel(address, credentials, options)
        else:
            self._channel = grpc.insecure_channel(address, options)
        for name in ("Embedding", "Matching", "Index", "Model"):
            setattr(self, name.lower(), self._service(f"{name}Service"))

    def type(self, name):
        """The class of a message, for instance server.type("Filter")."""
        return _message_class(self._factory, self._pool.FindMessageTypeByName(f"facevoice.v1.{name}"))

    def face(self, path):
        """A picture, as a request wants it."""
        return self.type("FaceSample")(image={"data": pathlib.Path(path).read_bytes()})

    def voice(self, path):
        """A recording, as a request wants it."""
        return self.type("VoiceSample")(audio={"data": pathlib.Path(path).read_bytes()})

    def close(self):
        self._channel.close()

    def _service(self, service):
        methods = self._pool.FindServiceByName(f"facevoice.v1.{service}").methods_by_name

        def call(method, timeout=60, **fields):
            request = self.type(methods[method].input_type.name)(**fields)
            answer = self.type(methods[method].output_type.name)
            unary = self._channel.unary_unary(f"/facevoice.v1.{service}/{method}", type(request).SerializeToString, answer.FromString)
            return unary(request, timeout=timeout, metadata=self._metadata)

        return call


def as_json(message):
    """A message as one line of JSON."""
    return json.dumps(json_format.MessageToDict(message, preserving_proto_field_name=True))
