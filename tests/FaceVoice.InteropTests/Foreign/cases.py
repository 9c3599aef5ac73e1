"""What callers rely on, by Python's grpcio: cases.py HOST:PORT KEY_FILE SLOW_KEY_FILE FACE VOICE

Prints one JSON object a line: {"name", "error"}; error is null if the case passed.
"""
import json
import pathlib
import sys
import threading
import traceback

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools" / "python-client"))
from facevoice import FaceVoice  # noqa: E402

ADDRESS, KEY_FILE, SLOW_KEY_FILE, FACE, VOICE = sys.argv[1:]
SERVER = FaceVoice(ADDRESS, api_key_file=KEY_FILE)
SLOW = FaceVoice(ADDRESS, api_key_file=SLOW_KEY_FILE)
FACE_SAMPLE, VOICE_SAMPLE = SERVER.face(FACE), SERVER.voice(VOICE)
CHANNEL = grpc.insecure_channel(ADDRESS)
KEY = [("authorization", "Bearer " + pathlib.Path(KEY_FILE).read_text().strip())]


def failure(call, code):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"{error.code()}: {error.details()}"
        return error
    raise AssertionError("the call should have failed")


def stream(method, request, answer):
    return CHANNEL.stream_stream(f"/facevoice.v1.EmbeddingService/{method}", SERVER.type(request).SerializeToString, SERVER.type(answer).FromString)


def embed_stream(requests, **options):
    return stream("EmbedStream", "EmbedStreamRequest", "EmbedStreamResponse")(requests, metadata=KEY, **options)


def raw(path, request=b"", metadata=None, **options):
    return CHANNEL.unary_unary(path)(request, metadata=metadata, timeout=20, **options)


def unary():
    assert len(SERVER.model("GetModel").model_id) == 64
    answer = SERVER.embedding("EmbedFace", face=FACE_SAMPLE.image, spaces=["SPACE_FACE"])
    assert len(answer.embeddings[0].values) == 512
    assert answer.report.faces_found == 1


def unary_compressed():
    request = SERVER.type("EmbedVoiceRequest")(voice=VOICE_SAMPLE.audio, spaces=["SPACE_SPEAKER"]).SerializeToString()
    answer = raw("/facevoice.v1.EmbeddingService/EmbedVoice", request, KEY, compression=grpc.Compression.Gzip)
    assert len(SERVER.type("EmbedVoiceResponse").FromString(answer).embeddings[0].values) == 192


def bidirectional_stream():
    make = SERVER.type("EmbedStreamRequest")
    requests = [make(id=str(i), face=FACE_SAMPLE.image, spaces=["SPACE_FACE"]) if i % 2 else make(id=str(i), voice=VOICE_SAMPLE.audio, spaces=["SPACE_SPEAKER"])
                for i in range(8)]
    requests.append(make(id="broken", face={"data": b"no picture"}))
    answers = {answer.id: answer for answer in embed_stream(iter(requests))}
    assert len(answers) == 9
    assert answers["broken"].error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert answers["1"].embeddings[0] == answers["7"].embeddings[0]


def live_stream():
    make = SERVER.type("EmbedVoiceStreamRequest")
    samples = VOICE_SAMPLE.audio.data[44:]
    requests = [make(config={"encoding": "LIVE_AUDIO_ENCODING_PCM16", "spaces": ["SPACE_SPEAKER"], "window_seconds": 1})]
    requests += [make(audio=samples[at:at + 3333]) for at in range(0, len(samples), 3333)]
    answers = list(stream("EmbedVoiceStream", "EmbedVoiceStreamRequest", "EmbedVoiceStreamResponse")(iter(requests), metadata=KEY))
    assert len(answers) == 4
    assert answers[-1].window == -1
    assert len(answers[-1].embeddings[0].values) == 192


def empty_stream():
    assert list(embed_stream(iter([]))) == []


def enrol_search_delete():
    identity = "python größe 😈"
    enrolled = SERVER.index("Enroll", request_id="python-1", identity=identity, voices=[VOICE_SAMPLE])
    found = SERVER.index("Search", voice=VOICE_SAMPLE, space="SPACE_SPEAKER", limit=1)
    assert found.hits[0].identity == identity
    assert SERVER.index("Delete", sample_ids={"values": [sample.sample_id for sample in enrolled.samples]}).removed == 1


def error_with_message():
    attributes = {"größe 😈": SERVER.type("AttributeValue")()}
    error = failure(lambda: SERVER.index("Enroll", request_id="python-2", identity="x", voices=[VOICE_SAMPLE], attributes=attributes), grpc.StatusCode.INVALID_ARGUMENT)
    assert '"größe 😈"' in error.details()


def error_with_retry_hint():
    for first in (True, False, False):
        try:
            SLOW.model("GetModel")
            assert first
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
            assert int(dict(error.trailing_metadata() or error.initial_metadata())["retry-after-ms"]) > 1000


def no_key():
    failure(lambda: raw("/facevoice.v1.ModelService/GetModel"), grpc.StatusCode.UNAUTHENTICATED)


def too_large():
    request = SERVER.type("EmbedFaceRequest")(face={"data": bytes(17 << 20)}).SerializeToString()
    failure(lambda: raw("/facevoice.v1.EmbeddingService/EmbedFace", request, KEY), grpc.StatusCode.RESOURCE_EXHAUSTED)


def endless():
    threading.Event().wait(20)
    yield from ()


def deadline():
    failure(lambda: list(embed_stream(endless(), timeout=0.3)), grpc.StatusCode.DEADLINE_EXCEEDED)


def cancel():
    def requests():
        yield SERVER.type("EmbedStreamRequest")(id="1", face=FACE_SAMPLE.image)
        yield from endless()

    call = embed_stream(requests())
    assert next(call).id == "1"
    call.cancel()
    failure(lambda: next(call), grpc.StatusCode.CANCELLED)


def unimplemented():
    for path in ("/facevoice.v1.ModelService/NoSuch", "/no.Such/Method"):
        failure(lambda: raw(path, metadata=KEY), grpc.StatusCode.UNIMPLEMENTED)


def health():
    assert raw("/grpc.health.v1.Health/Check") == b"\x08\x01"  # status: SERVING
    failure(lambda: raw("/grpc.health.v1.Health/Check", b"\x0a\x01x"), grpc.StatusCode.NOT_FOUND)


CASES = [unary, unary_compressed, bidirectional_stream, live_stream, empty_stream, enrol_search_delete, error_with_message, error_with_retry_hint, no_key,
         too_large, deadline, cancel, unimplemented, health]
for case in CASES:
    problem = None
    try:
        case()
    except Exception:  # told to the test, which fails by it
        problem = traceback.format_exc()
    print(json.dumps({"name": case.__name__, "error": problem}), flush=True)
