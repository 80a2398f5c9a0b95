"""The example of docs/adapting.md: a network trained in PyTorch, and a stream of images that it was not trained for.

Writes Tests/Fixtures/adapting. Needs torch, safetensors, numpy and scikit-learn.
"""
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from sklearn.datasets import load_digits

folder = Path(__file__).parent.parent / "Fixtures" / "adapting"
folder.mkdir(exist_ok=True)
torch.manual_seed(0)
x, y = load_digits(return_X_y=True)
pixels = (255 * x / 16).round().astype("uint8")
inputs = torch.from_numpy(pixels / 255).float()
model = torch.nn.Sequential(
    torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
)
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for epoch in range(30):
    for rows in torch.randperm(900).split(64):
        loss = torch.nn.functional.cross_entropy(model(inputs[rows]), torch.from_numpy(y[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

save_file(model.state_dict(), folder / "net.safetensors")
numpy.save(folder / "train.npy", pixels[:900])
numpy.save(folder / "train-labels.npy", y[:900].astype("uint8"))
numpy.save(folder / "stream.npy", (0.3 * pixels[900:] + 90).astype("uint8"))
numpy.save(folder / "labels.npy", y[900:].astype("uint8"))
