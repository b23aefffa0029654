"""Values after each of four steps of torch.optim.AdamW; prints the array of Tests/TensorsTests/Training/OptimizerTests.swift."""
import torch

values = torch.nn.Parameter(torch.tensor([0.5, -1.25, 3.0, 0.0, -0.25, 10.0]))
gradients = [
    [1.0, -0.5, 0.001, 0.0, 1e-8, 3.0],
    [-0.3, -0.5, 0.002, 0.0, 1e-3, 3.0],
    [0.1, 2.0, -0.7, 0.0, -1e-6, 0.25],
    [0.0, 0.0, 1.0, 0.0, 5.0, -3.0],
]
optimizer = torch.optim.AdamW([values], lr=0.01, weight_decay=0.1, foreach=False)
for gradient in gradients:
    values.grad = torch.tensor(gradient)
    optimizer.step()
    print("[" + ", ".join("%.9g" % v for v in values.tolist()) + "],")
