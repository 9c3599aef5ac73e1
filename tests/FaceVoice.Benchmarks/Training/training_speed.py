"""The Python side of TrainingSpeed.cs: the same networks, the same LibTorch.

Reads lines "CASE STEPS" from standard input, takes that many training steps, answers "WALL_SECONDS CPU_SECONDS".
The first argument is the number of threads. Needs Debian's python3-torch.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def head():
    return nn.Sequential(
        nn.Linear(512, 512), nn.LayerNorm(512), nn.ReLU(), nn.Dropout(0.1),
        nn.Linear(512, 256), nn.LayerNorm(256), nn.ReLU(), nn.Dropout(0.1),
        nn.Linear(256, 256))


class DualEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.face, self.voice = head(), head()
        self.log_temperature = nn.Parameter(torch.tensor(-2.3))

    def forward(self, faces, voices):
        a, b = F.normalize(self.face(faces)), F.normalize(self.voice(voices))
        logits = a @ b.t() / self.log_temperature.exp().clamp(0.05, 2.0)
        target = torch.arange(len(a))
        return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2


class XVector(nn.Module):
    def __init__(self):
        super().__init__()
        layers, width = [], 24
        for out, kernel, dilation in ((512, 5, 1), (512, 3, 2), (512, 3, 3), (512, 1, 1), (1500, 1, 1)):
            layers += [
                nn.Conv1d(width, out, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2, padding_mode="reflect"),
                nn.LeakyReLU(), nn.BatchNorm1d(out)]
            width = out
        self.blocks, self.out, self.classifier = nn.Sequential(*layers), nn.Linear(3000, 512), nn.Linear(512, 100)

    def forward(self, features, labels):
        x = self.blocks(features.transpose(1, 2))
        pooled = torch.cat([x.mean(-1), x.std(-1) + 1e-5], 1)
        return F.cross_entropy(self.classifier(self.out(pooled)), labels)


def case(name):
    if name == "dual":
        return DualEncoder(), lambda: (torch.randn(256, 512), torch.randn(256, 512))
    return XVector(), lambda: (torch.randn(32, 300, 24), torch.randint(0, 100, (32,)))


made = {}
for line in sys.stdin:
    name, steps = line.split()
    if name not in made:
        model, batch = case(name)
        made[name] = model, batch, torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=1e-4)
    model, batch, optimizer = made[name]
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(steps)):
        optimizer.zero_grad(set_to_none=True)
        loss = model(*batch())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
