"""A photo service in FastAPI + PyTorch: the model loaded once, one thread a run, requests in the thread pool.
MODEL is what convert.py wrote; DRAFT=1 decodes JPEGs at a fraction of the size."""

import os

import torch
from fastapi import FastAPI, HTTPException, UploadFile

from network import Cnn
from photo import Preprocessor, answer

torch.set_num_threads(int(os.environ.get("TORCH_THREADS", "1")))
saved = torch.load(os.environ["MODEL"], weights_only=True)
metadata = saved["metadata"]
model = Cnn()
model.load_state_dict(saved["weights"])
model.eval()
preprocess = Preprocessor(metadata["preprocessing"], draft=os.environ.get("DRAFT") == "1")
app = FastAPI()


@app.get("/ready")
def ready() -> dict:
    return {"ready": True}


@app.post("/predict")
def predict(file: UploadFile) -> dict:
    try:
        image = preprocess(file.file.read())
    except OSError as error:
        raise HTTPException(400, "not a picture") from error
    with torch.inference_mode():
        logits = model(torch.from_numpy(image))
    return answer(logits[0].numpy(), metadata["classNames"], metadata["temperature"])
