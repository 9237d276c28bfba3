"""A photo service in FastAPI + ONNX Runtime: the model loaded once, one thread a run, requests in the thread pool.
MODEL is a Pawprint model file; DRAFT=1 decodes JPEGs at a fraction of the size."""

import json
import os

import onnxruntime
from fastapi import FastAPI, HTTPException, UploadFile

from photo import Preprocessor, answer

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
metadata = json.loads(session.get_modelmeta().custom_metadata_map["pawprint"])
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
    (logits,) = session.run(["logits"], {"image": image})
    return answer(logits[0], metadata["classNames"], metadata["temperature"])
