"""A client of the profiler in Python: what it measures on, a table with its progress, a whole network.

    python3 profiler.py URL device
    python3 profiler.py URL build SPACE.json TABLE.json    SPACE.json: the "space" of a table, e.g. {"height": 256, ...}
    python3 profiler.py URL table ID TABLE.json
    python3 profiler.py URL measure FILE.onnx [SECONDS]

URL is http://HOST:PORT or https://HOST:PORT. FASTERSEG_PROFILER_KEY is the access key; FASTERSEG_PROFILER_CA the PEM file of the authority
behind the profiler's certificate; FASTERSEG_PROFILER_CERTIFICATE this client's certificate with its key, where the profiler wants one.

The modules profiler_pb2 and profiler_pb2_grpc are made from the contract, with Debian's protobuf-compiler and protobuf-compiler-grpc:
    protoc -I Protos --python_out=. --grpc_out=. --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin Protos/fasterseg/profiler/v1/*.proto
or with pip's grpcio-tools: python3 -m grpc_tools.protoc -I Protos --python_out=. --grpc_python_out=. Protos/fasterseg/profiler/v1/*.proto
"""

import json
import os
import sys
from urllib.parse import urlsplit

import grpc

from fasterseg.profiler.v1 import profiler_pb2 as pb
from fasterseg.profiler.v1 import profiler_pb2_grpc as rpc

CHUNK = 1 << 20


def connect(url):
    """A channel. A key goes only over TLS; without it, over plain text to this machine."""
    parts = urlsplit(url)
    key = os.environ.get("FASTERSEG_PROFILER_KEY")
    file = lambda name: open(os.environ[name], "rb").read() if name in os.environ else None
    options = [("grpc.max_receive_message_length", 4 * CHUNK)]
    if parts.scheme != "https":
        if key:
            sys.exit("A key is for https only: over http everybody on the way could read it.")
        return grpc.insecure_channel(parts.netloc, options)
    own = file("FASTERSEG_PROFILER_CERTIFICATE")  # one file with both
    credentials = grpc.ssl_channel_credentials(file("FASTERSEG_PROFILER_CA"), own, own)
    if key:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(key))
    return grpc.secure_channel(parts.netloc, credentials, options)


def save(channel, table, path):
    """Writes a table's JSON, which comes in chunks."""
    with open(path, "wb") as file:
        for part in rpc.LatencyTableServiceStub(channel).GetTable(pb.GetTableRequest(id=table)):
            file.write(part.chunk)


def build(channel, space, options, say=print):
    """Has every operator of a space measured; the id of the table. Attaches to a job that runs for the same already."""
    last = None
    for last in rpc.ProfilerServiceStub(channel).BuildTable(pb.BuildTableRequest(space=pb.SearchSpace(**space), options=options)):
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
    with connect(url) as channel:
        options = pb.MeasurementOptions()  # 0 takes the profiler's defaults
        if command == "device":
            device = rpc.ProfilerServiceStub(channel).GetDevice(pb.GetDeviceRequest()).device
            print(f"{device.name}, ONNX Runtime {device.onnxruntime_version}, {device.logical_cores} cores")
        elif command == "build":
            space = json.load(open(arguments[0], encoding="utf-8"))
            options.MergeFrom(pb.MeasurementOptions(**space.pop("options", {})))
            table = build(channel, space, options)
            save(channel, table, arguments[1])
            print(f"{arguments[1]}: table {table}")
        elif command == "table":
            save(channel, *arguments)
        elif command == "measure":
            options.maximum_seconds = float(arguments[1]) if len(arguments) > 1 else 0
            answer = measure(channel, open(arguments[0], "rb").read(), options)
            s = answer.statistics
            print(f"{s.median_ms:.4f} ms (95 % {s.confidence_low_ms:.4f}-{s.confidence_high_ms:.4f}) on {answer.device.name}")
        else:
            sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"{sys.argv[1]}: {error.code().name}: {error.details()}")
