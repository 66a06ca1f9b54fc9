"""A latency table of FasterSeg (luts/*.json, `fasterseg profile`) as a dictionary, and as a differentiable term for PyTorch.

    ms, document = read("table.json")                     # ms["conv h32 w64 c96-96 s1"] is 0.31, corrected where the table says how
    term = ExpectedLatency(ms, document["space"])         # a torch module
    loss = task_loss + weight * term(alpha, beta, widths)  # ms, differentiable in all three
"""

import json
import re

KEY = re.compile(r"(\w+) h(\d+) w(\d+) c(\d+)([-+])(\d+)(?: s(\d))?(?: k(\d))?(?: x(\d+))?$")
OPERATORS = ["skip", "conv", "zoomed_conv", "conv_2x", "zoomed_conv_2x"]  # the order of alpha
SCALES = [8, 16, 32]


def read(path):
    """The table: milliseconds by key (operators without a latency are left out), and the whole document."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    correction = document.get("correction")
    entries = [entry for entry in document["entries"] if "failure" not in entry]
    return {e["key"]: corrected(e["key"], e["median_ms"], correction) for e in entries}, document


def corrected(key, alone, correction):
    """What an operator takes in a network (docs/lut.md); `alone` where the table has no correction."""
    if correction is None:
        return alone
    kind, height, width, into, _, out, stride, _, _ = KEY.match(key).groups()
    height, width, into, out, stride = int(height), int(width), int(into), int(out), int(stride or 1)
    reached = out * -(-height // stride) * -(-width // stride)
    if kind in ("upsample", "concat") or (kind == "skip" and stride == 1):
        boundary = weights = 0
    else:
        middle = into if into <= 256 else into // 2  # of a head
        weights = {"skip": into * out, "arm": into * out, "fusion": into * out, "head": 9 * into * middle + middle * out,
                   "conv_2x": 9 * (into + out) * out, "zoomed_conv_2x": 9 * (into + out) * out}.get(kind, 9 * into * out)
        boundary = into * height * width + reached
        if kind.startswith("zoomed"):
            boundary = reached if stride == 2 else 0
    ms = (correction["scale"] * alone - 1e-6 * correction["boundary_ns"] * boundary + 1e-6 * correction["weight_ns"] * weights
          - (correction["part_ms"] if alone > 0 else 0))
    return max(alone / 10, ms)


def channels(space, scale, ratio):
    """To the nearest multiple of 8, at least 8."""
    return max(8, int((space["fch"] * scale * ratio + 4 + 1e-9) // 8) * 8)


try:
    import torch
except ImportError:  # the dictionary needs none
    torch = None
else:

    class ExpectedLatency(torch.nn.Module):
        """The latency that the paper's supernet is expected to have (Section 3.3), ms: a sum over its three last maps."""

        def __init__(self, ms, space, role="student"):
            super().__init__()
            ratios = space["width_ratios"]
            self.layers = space["layers"]

            def mixed(s, stride):  # [operator, input width, output width]
                scale = SCALES[s]
                at = lambda kind, a, b: ms[f"{kind} h{space['height'] // scale} w{space['width'] // scale} "
                                           f"c{channels(space, scale, a)}-{channels(space, scale * stride, b)} s{stride}"]
                table = [[[at(kind, a, b) for b in ratios] for a in ratios] for kind in OPERATORS]
                return torch.tensor(table, dtype=torch.float64)

            self.keeping = [mixed(s, 1) for s in range(3)]
            self.down = [mixed(s, 2) for s in range(2)]
            hot = lambda ratio: torch.eye(len(ratios), dtype=torch.float64)[ratios.index(ratio)][None]
            self.stem, self.head = hot(space[role + "_stem_ratio"]), hot(space[role + "_head_ratio"])
            first, second = (channels(space, scale, space[role + "_stem_ratio"]) for scale in (4, 8))
            h, w = space["height"], space["width"]
            self.stem_ms = (ms[f"stem h{h} w{w} c3-{first} s2 k3"] + ms[f"conv_2x h{h // 2} w{w // 2} c{first}-{second} s2"]
                            + ms[f"conv_2x h{h // 4} w{w // 4} c{second}-{second} s2"])

        def forward(self, alpha, beta, widths):
            """alpha[s]: [L - s, 5], rows sum to 1. beta[s], s = 1, 2: [L - s - 1, 2], the weights of (came down, kept).
            widths[s]: [L - 1, L - 1, L - 2 rows, R], the probability of each width of each map, or one-hot."""
            expected = lambda table, *weights: torch.einsum("no,oij,ni,nj->n", weights[0], table, weights[1], weights[2])
            kept, fell = [], []
            for s in range(3):
                into = torch.cat([self.stem, widths[0]]) if s == 0 else widths[s]
                out = torch.cat([widths[s] if s == 0 else widths[s][1:], self.head])
                kept.append(expected(self.keeping[s], alpha[s], into, out))
                if s < 2:
                    fell.append(expected(self.down[s], alpha[s][:-1], into[:-1], widths[s + 1]))
            total, before = 0, None  # before[i]: the latency up to what comes down to cell i of a scale
            for s in range(3):
                up_to, came_down = None, []
                for i in range(self.layers - s):
                    if i == 0:
                        start = self.stem_ms if s == 0 else before[0]
                    else:
                        start = up_to if s == 0 else beta[s][i - 1, 1] * up_to + beta[s][i - 1, 0] * before[i]
                    up_to = start + kept[s][i]
                    if s < 2 and i < self.layers - s - 1:
                        came_down.append(start + fell[s][i])
                total, before = total + up_to, came_down
            return total
