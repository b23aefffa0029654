"""The server that one writes in ten minutes: uvicorn, Starlette, and CrossEncoder.predict in a thread.

    pip install sentence-transformers starlette uvicorn          (CPU build of torch)
    python3 sentence_transformers_server.py MODEL_FOLDER PORT
"""
import asyncio
import sys

import torch
import uvicorn
from sentence_transformers import CrossEncoder
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

model = CrossEncoder(sys.argv[1], device="cpu", activation_fn=torch.nn.Identity())
lock = asyncio.Lock()


async def rerank(request):
    body = await request.json()
    pairs = [(body["query"], text) for text in body["texts"]]
    async with lock:  # one prediction at a time: torch's threads are all cores already
        scores = await asyncio.to_thread(model.predict, pairs, show_progress_bar=False)
    order = sorted(range(len(pairs)), key=lambda i: -scores[i])
    return JSONResponse([{"index": i, "score": float(scores[i])} for i in order])


uvicorn.run(
    Starlette(routes=[Route("/rerank", rerank, methods=["POST"])]),
    host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
