"""Enrols a voice, matches a face with it and searches for it.

usage: example.py HOST:PORT FACE VOICE [API_KEY_FILE]
"""
import sys

import grpc
from facevoice import FaceVoice, as_json


def main(address, face, voice, api_key_file=None):
    server = FaceVoice(address, api_key_file=api_key_file)
    try:
        server.index("Enroll", request_id="example-anna-1", identity="anna", voices=[server.voice(voice)])
        match = server.matching("Match", faces=[server.face(face)], voices=[server.voice(voice)])
        print(as_json(match))
        found = server.index("Search", voice=server.voice(voice), space="SPACE_SPEAKER", limit=3)
        for hit in found.hits:
            print(f"{hit.score:.3f} {hit.identity}")
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    finally:
        server.close()


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
