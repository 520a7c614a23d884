"""The AI controller: an ONNX policy, loaded, probed and called. The only folder that knows onnxruntime."""
