import FuzzInput
import ModelFiles

/// Reads the input as a PyTorch or TorchScript archive, without checksums: nearly every change would stop at them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTorch(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let limits = ZipLimits(maximumInflatedBytes: 64 << 20, ratioExemptBytes: 1 << 16, verifiesChecksums: false)
    guard let archive = try? ZipArchive(FuzzInput.file(start, count), limits: limits),
        let weights = try? WeightArchive.open(archive)
    else { return 0 }
    try? FuzzInput.readAll(weights)
    return 0
}
