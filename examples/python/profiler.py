"""A client of the profiler in Python: what it measures on, a table with its progress, a whole network.

    python3 profiler.py URL device
    python3 profiler.py URL build SPACE.json TABLE.json    SPACE.json: the "space" of a table, e.g. {"height": 256, ...}
    python3 profiler.py URL table ID TABLE.json
    python3 profiler.py URL measure FILE.onnx [SECONDS]

ID is the first 12 digits of a table's sha256. An existing TABLE.json stays as it is, unless --overwrite stands behind it.
URL is http://HOST:PORT or https://HOST:PORT. FASTERSEG_PROFILER_KEY is the access key; FASTERSEG_PROFILER_CA the PEM file of the authority
behind the profiler's certificate; FASTERSEG_PROFILER_CERTIFICATE this client's certificate with its key, where the profiler wants one.

The modules profiler_pb2 and profiler_pb2_grpc are made from the contract, with Debian's protobuf-compiler and protobuf-compiler-grpc:
    protoc -I Protos --python_out=. --grpc_out=. --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin Protos/fasterseg/profiler/v1/*.proto
or with pip's grpcio-tools: python3 -m grpc_tools.protoc -I Protos --python_out=. --grpc_python_out=. Protos/fasterseg/profiler/v1/*.proto
"""

import json
import os
import re
import sys
import tempfile
from urllib.parse import urlsplit

import grpc

from fasterseg.profiler.v1 import profiler_pb2 as pb
from fasterseg.profiler.v1 import profiler_pb2_grpc as rpc

CHUNK = 1 << 20


def read(path, what=""):
    """A file's bytes, or one sentence."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        sys.exit(f"{what}{path} cannot be read: {error.strerror}. Name a file that is there.")


def connect(url):
    """A channel. A key goes only over TLS; without it, over plain text to this machine."""
    parts = urlsplit(url)
    key = os.environ.get("FASTERSEG_PROFILER_KEY")
    options = [("grpc.max_receive_message_length", 4 * CHUNK)]
    if parts.scheme != "https":
        if key:
            sys.exit("A key is for https only: over http everybody on the way could read it.")
        return grpc.insecure_channel(parts.netloc, options)
    own = certificate("FASTERSEG_PROFILER_CERTIFICATE")  # one file with both
    credentials = grpc.ssl_channel_credentials(certificate("FASTERSEG_PROFILER_CA"), own, own)
    if key:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(key))
    return grpc.secure_channel(parts.netloc, credentials, options)


def certificate(name):
    """The PEM file that a variable names, None without it."""
    pem = read(os.environ[name], f"{name}: ") if name in os.environ else None
    if pem is not None and b"-----BEGIN CERTIFICATE-----" not in pem:
        sys.exit(f"{name}: {os.environ[name]} has no certificate: name a PEM file.")
    return pem


def require_free(path, words):
    """Refuses a file that is there, before anything is asked or measured."""
    if words not in ([], ["--overwrite"]):
        sys.exit(f"'{words[0]}' is not known behind {path}: only --overwrite may stand there.")
    if os.path.exists(path) and not words:
        sys.exit(f"{path} is there already: name another file, or add --overwrite.")
    if os.path.isdir(path) or not os.path.isdir(os.path.dirname(path) or "."):
        sys.exit(f"{path} cannot be written: name a file in a folder that is there.")


def save(channel, table, path):
    """Writes a table's JSON, which comes in chunks: beside the file first, so that a table that does not come costs no file."""
    handle, beside = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=os.path.dirname(path) or ".")
    try:
        with open(handle, "wb") as file:
            for part in rpc.LatencyTableServiceStub(channel).GetTable(pb.GetTableRequest(id=table)):
                file.write(part.chunk)
        mask = os.umask(0)  # the only way to read it
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)  # mkstemp makes a file that nobody else may read
        os.replace(beside, path)
    finally:
        if os.path.exists(beside):
            os.remove(beside)


def request(path):
    """What the file asks to have measured, or one sentence."""
    try:
        space = json.loads(read(path))
        if not isinstance(space, dict):
            raise ValueError("it is no JSON object")
        options = pb.MeasurementOptions(**space.pop("options", {}))
        return pb.SearchSpace(**space), options
    except (TypeError, ValueError) as error:
        sys.exit(f"{path} is not the \"space\" of a table: {str(error).rstrip('.')}. Put a JSON object with its members there.")


def seconds(word):
    """A number of seconds, or one sentence."""
    try:
        return float(word)
    except ValueError:
        sys.exit(f"'{word}' is no number: SECONDS takes one, such as 0.5.")


def build(channel, space, options, say=print):
    """Has every operator of a space measured; the id of the table. Attaches to a job that runs for the same already."""
    last = None
    for last in rpc.ProfilerServiceStub(channel).BuildTable(pb.BuildTableRequest(space=space, options=options)):
        why = last.failure or last.paused or (f"{last.statistics.median_ms:.4f} ms" if last.key else "")
        say(f"{last.done} of {last.total}  {last.key}  {why}")
    return last.table_id


def measure(channel, onnx, options):
    """The statistics of a whole network."""
    def parts():
        yield pb.MeasureModelRequest(options=pb.MeasureModelOptions(name="python", measurement=options))
        for at in range(0, len(onnx), CHUNK):
            yield pb.MeasureModelRequest(chunk=onnx[at:at + CHUNK])
    return rpc.ProfilerServiceStub(channel).MeasureModel(parts())


def main(url, command, *arguments):
    if not re.fullmatch(r"https?://([^][/]+|\[[0-9a-fA-F:.]+\](:\d+)?)/?", url):
        sys.exit(f"'{url}' is no address of a profiler: write http://HOST:PORT or https://HOST:PORT.")
    if not len(arguments) in {"device": (0,), "build": (2, 3), "table": (2, 3), "measure": (1, 2)}.get(command, ()):
        sys.exit(__doc__)
    if command in ("build", "table"):
        require_free(arguments[1], list(arguments[2:]))
    with connect(url) as channel:
        if command == "device":
            device = rpc.ProfilerServiceStub(channel).GetDevice(pb.GetDeviceRequest()).device
            print(f"{device.name}, ONNX Runtime {device.onnxruntime_version}, {device.logical_cores} cores")
        elif command == "build":
            table = build(channel, *request(arguments[0]))
            save(channel, table, arguments[1])
            print(f"{arguments[1]}: table {table}")
        elif command == "table":
            save(channel, *arguments[:2])
        else:
            options = pb.MeasurementOptions()  # 0 takes the profiler's defaults
            options.maximum_seconds = seconds(arguments[1]) if len(arguments) > 1 else 0
            answer = measure(channel, read(arguments[0]), options)
            s = answer.statistics
            print(f"{s.median_ms:.4f} ms (95 % {s.confidence_low_ms:.4f}-{s.confidence_high_ms:.4f}) on {answer.device.name}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"{sys.argv[1]}: {error.code().name}: {error.details()}")
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error.filename}: {error.strerror}.")
