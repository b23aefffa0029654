import FuzzInput
import ModelFiles

/// Reads the input as a weight file whose format its first bytes decide: mostly safetensors.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let weights = try? WeightArchive.open(FuzzInput.file(start, count)) else { return 0 }
    try? FuzzInput.readAll(weights)
    return 0
}
