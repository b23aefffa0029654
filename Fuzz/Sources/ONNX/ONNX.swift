import FuzzInput
import ModelFiles

/// Reads the input as an ONNX model: protobuf, tensors in all their forms, and the graph that names them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // The version of the format, by which ONNX is recognised: the rest of the input is free.
    guard let weights = try? WeightArchive.open(FuzzInput.file(start, count, behind: [0x08, 0x08])) else { return 0 }
    try? FuzzInput.readAll(weights)
    return 0
}
