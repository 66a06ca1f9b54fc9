"""Stands in for the package onnxruntime where Debian has none: its interface as far as docs/deploy-network.md uses it, over torch.

It is no wrapper of ONNX Runtime but a second reading of the file, operator by operator. Tests use it where `import onnxruntime` fails.
"""

import numpy
import onnx
import torch
from onnx import helper, numpy_helper
from torch.nn import functional as F


class _Input:
    def __init__(self, value):
        self.name = value.name
        self.shape = [side.dim_value or side.dim_param for side in value.type.tensor_type.shape.dim]


class _Metadata:
    def __init__(self, model):
        self.custom_metadata_map = {entry.key: entry.value for entry in model.metadata_props}


class InferenceSession:
    def __init__(self, path):
        self.model = onnx.load(path)
        onnx.checker.check_model(self.model)

    def get_inputs(self):
        return [_Input(value) for value in self.model.graph.input]

    def get_modelmeta(self):
        return _Metadata(self.model)

    def run(self, outputs, feeds):
        graph = self.model.graph
        values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        values.update({name: torch.from_numpy(numpy.array(value)) for name, value in feeds.items()})
        with torch.no_grad():
            for node in graph.node:
                attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
                inputs = [values[name] if name else None for name in node.input]
                values[node.output[0]] = getattr(self, node.op_type)(attributes, *inputs)
        return [values[name].numpy() for name in outputs or [value.name for value in graph.output]]

    def Conv(self, a, x, weight, bias):
        top, left, bottom, right = a["pads"]
        return F.conv2d(F.pad(x, [left, right, top, bottom]), weight, bias, a["strides"], 0, a["dilations"], a["group"])

    def Relu(self, a, x):
        return F.relu(x)

    def Resize(self, a, x, roi, scales, sizes):
        assert a["mode"] == b"linear" and a["coordinate_transformation_mode"] == b"align_corners"
        return F.interpolate(x, size=sizes[2:].tolist(), mode="bilinear", align_corners=True)

    def Concat(self, a, *inputs):
        return torch.cat(inputs, a["axis"])

    def Cast(self, a, x):
        assert a["to"] == onnx.TensorProto.FLOAT
        return x.float()

    def Transpose(self, a, x):
        return x.permute(*a["perm"])

    def Mul(self, a, x, y):
        return x * y

    def Div(self, a, x, y):
        return torch.div(x, y, rounding_mode="floor")

    def Add(self, a, x, y):
        return x + y

    def ArgMax(self, a, x):
        return torch.argmax(x, a["axis"], keepdim=bool(a.get("keepdims", 1)))

    def Shape(self, a, x):
        return torch.tensor(x.shape)

    def Slice(self, a, x, starts, ends):
        return x[int(starts):int(ends)]
