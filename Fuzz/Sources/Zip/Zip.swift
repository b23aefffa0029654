import FuzzInput
import ModelFiles

/// Opens an archive and every entry of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzZip(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let limits = ZipLimits(maximumInflatedBytes: 64 << 20, ratioExemptBytes: 1 << 16, verifiesChecksums: count % 2 == 0)
    guard let archive = try? ZipArchive(FuzzInput.file(start, count), limits: limits) else { return 0 }
    for entry in archive.entries {
        precondition(archive[entry.name] == entry)
        guard let data = try? archive.contents(of: entry) else { continue }
        precondition(data.count == entry.size)
    }
    return 0
}
