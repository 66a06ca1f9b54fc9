"""The network that `fasterseg export --safetensors FILE` wrote, as a PyTorch module: `network, metadata = load("student.safetensors")`."""

import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F


def read(path):
    """A safetensors file: its tensors by name, and its metadata. (The package `safetensors` reads the same.)"""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__")
    tensor = lambda t: torch.frombuffer(data, dtype=torch.float32, offset=t["data_offsets"][0],
                                        count=(t["data_offsets"][1] - t["data_offsets"][0]) // 4).reshape(t["shape"])
    return {name: tensor(entry) for name, entry in header.items()}, metadata


def resize(x, size):
    return F.interpolate(x, size=[max(1, int(side)) for side in size], mode="bilinear", align_corners=True)


class FasterSeg(nn.Module):
    """Normalized images [N, 3, H, W] to logits [N, classes, H/8, W/8]; H and W are multiples of 32."""

    def __init__(self, plan, tensors):
        super().__init__()
        self.plan = plan
        for part in plan:
            for each in part["convolutions"]:
                weight, bias = tensors[each["weight"] + ".weight"], each["weight"] + ".bias" in tensors
                out, into, kernel, _ = weight.shape
                self.put(each["weight"], nn.Conv2d(into, out, kernel, each["stride"], kernel // 2, bias=bias))
                if each["norm"]:
                    self.put(each["norm"], nn.BatchNorm2d(out))

    def put(self, name, module):
        *path, last = name.split(".")
        at = self
        for step in path:
            if step not in at._modules:
                at.add_module(step, nn.Module())
            at = at._modules[step]
        at.add_module(last, module)

    def forward(self, image):
        maps = [image]
        for part in self.plan:
            maps.append(self.run(part, torch.cat([maps[i] for i in part["inputs"]], 1)))
        return maps[-1]

    def run(self, part, x):
        size = x.shape[2:]
        if part["enlarge"] > 1:
            return resize(x, [side * part["enlarge"] for side in size])
        if part["halve"]:
            x = resize(x, [side // 2 for side in size])
        for each in part["convolutions"]:
            x = self.get_submodule(each["weight"])(x)
            if each["norm"]:
                x = self.get_submodule(each["norm"])(x)
                if part["restore"] and each is part["convolutions"][-1]:
                    x = resize(x, size)
                x = F.relu(x)
        return x


def load(path):
    tensors, metadata = read(path)
    network = FasterSeg(json.loads(metadata["fasterseg.plan"]), tensors)
    # PyTorch counts the batches that a norm has seen; nothing depends on it.
    missing, unknown = network.load_state_dict(tensors, strict=False)
    assert not unknown and all(name.endswith("num_batches_tracked") for name in missing), (missing, unknown)
    return network.eval(), metadata


if __name__ == "__main__":
    network, metadata = load(sys.argv[1])
    print(f"{sum(p.numel() for p in network.parameters())} parameters of a {metadata['fasterseg.role']}")
