import FuzzInput
import ModelFiles

/// The magic number, the version and the system of a `torch.save` file before PyTorch 1.6; three pickles.
private let preamble: [UInt8] =
    [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    + [0x80, 2, 0x4D, 0xE9, 0x03, 0x2E] + [0x80, 2, 0x7D, 0x2E]

/// Reads the input as the pickles of a state dict and of its storages' keys, and the storages behind them: all that the
/// pickle reader can be asked, without a checksum in the way.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPickle(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let archive = try? WeightArchive.open(FuzzInput.file(start, count, behind: preamble)) else { return 0 }
    try? FuzzInput.readAll(archive)
    return 0
}
