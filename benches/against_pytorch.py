"""The same network in PyTorch, on one core, timed in the same run as ours: `python3 benches/against_pytorch.py`.

Needs `pip install torch numpy`. It first runs `cargo bench` for the training of LeNet-5, then trains the same network,
including its RBF head, with PyTorch on random patterns (their content does not change the time), and prints both times and
their ratio.
"""

import json
import pathlib
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path(__file__).parent.parent
TABLE_I = """X...XXX..XXXX.XX XX...XXX..XXXX.X XXX...XXX..X.XXX .XXX..XXXX..X.XX ..XXX..XXXX.XX.X ...XXX..XXXX.XXX"""


class Subsampling(nn.Module):
    """Four inputs summed, times a coefficient, plus a bias."""

    def __init__(self, maps):
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((maps, 1, 1), 0.5))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x):
        return 4 * functional.avg_pool2d(x, 2) * self.coefficient + self.bias


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.s2 = nn.Conv2d(1, 6, 5), Subsampling(6)
        self.c3, self.s4 = nn.Conv2d(6, 16, 5), Subsampling(16)
        self.c5, self.f6 = nn.Conv2d(16, 120, 5), nn.Linear(120, 84)
        seen = [[mark == "X" for mark in row] for row in TABLE_I.split()]
        self.register_buffer("table", torch.tensor(seen).T[:, :, None, None].float())
        self.register_buffer("codes", torch.randn(10, 84).sign())

    def forward(self, x):
        def squash(a):
            return 1.7159 * torch.tanh(a * (2 / 3))

        x = squash(self.s2(squash(self.c1(x))))
        x = squash(functional.conv2d(x, self.c3.weight * self.table, self.c3.bias))
        x = squash(self.s4(x))
        # A place for each column that C5 leaves: one of a pattern, more of a wide field (VII).
        x = squash(self.f6(squash(self.c5(x)).squeeze(2).transpose(1, 2)))
        return (x[:, :, None] - self.codes).square().sum(3)


def us_per_pattern(batch, patterns):
    """The microseconds of training for a pattern."""
    torch.manual_seed(1)
    net = LeNet5()
    optimiser = torch.optim.SGD(net.parameters(), 1e-5)
    x, labels = torch.rand(batch, 1, 32, 32), torch.randint(10, (batch, 1))

    def update():
        optimiser.zero_grad()
        net(x)[:, 0].gather(1, labels).mean().backward()
        optimiser.step()

    for _ in range(20):
        update()
    begin, updates = time.perf_counter(), patterns // batch
    for _ in range(updates):
        update()
    return (time.perf_counter() - begin) / (updates * batch) * 1e6


def us_per_field(columns, fields=400):
    """The microseconds of a forward pass over a field of 32 rows."""
    net, x = LeNet5().eval(), torch.rand(1, 1, 32, columns)
    with torch.inference_mode():
        for _ in range(20):
            net(x)
        begin = time.perf_counter()
        for _ in range(fields):
            net(x)
        return (time.perf_counter() - begin) / fields * 1e6


def ours():
    """Our microseconds for a pattern or a field, by the name of the benchmark."""
    filters = "peak|training|LeNet-5/fprop"
    subprocess.run(["cargo", "bench", "--bench", "speed", "--", filters], cwd=FOLDER, check=True)
    found = {}
    for group, patterns in [("training*", 1024), ("LeNet-5", 1)]:
        for path in (FOLDER / "target/tmp/criterion").glob(f"{group}/*/new/estimates.json"):
            name = json.loads((path.parent / "benchmark.json").read_text())["function_id"]
            found[name] = json.loads(path.read_text())["median"]["point_estimate"] / 1e3 / patterns
    return found


def main():
    torch.set_num_threads(1)
    times = ours()
    print(f"\nTraining, one core, microseconds for a pattern (PyTorch {torch.__version__})")
    print(f"{'':28}{'PyTorch':>10}{'lenet5':>10}{'ratio':>8}")
    for name, batch, patterns in [
        ("an update for each, SDLM", 1, 2_000),
        ("mini-batches of 64", 64, 20_000),
        ("mini-batches of 256", 256, 40_000),
    ]:
        theirs = us_per_pattern(batch, patterns)
        print(f"{name:28}{theirs:10.1f}{times[name]:10.1f}{theirs / times[name]:8.1f}")
    print("\nA forward pass, one field at a time, microseconds")
    for columns in [32, 96, 200, 1024, 4096]:
        name = "fprop" if columns == 32 else f"fprop, 32 x {columns}"
        theirs = us_per_field(columns)
        print(f"{f'32 x {columns}':28}{theirs:10.1f}{times[name]:10.1f}{theirs / times[name]:8.1f}")


if __name__ == "__main__":
    main()
