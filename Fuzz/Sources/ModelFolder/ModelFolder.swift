import ModelFiles

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes the input as the configuration files of a model folder and inspects that folder.
///
/// A byte 0, which JSON text never has, ends one file and begins the next of ``files``; an empty part means that the file is absent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModelFolder(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    let parts = input.split(separator: 0, maxSplits: Scratch.files.count - 1, omittingEmptySubsequences: false)
    for (index, name) in Scratch.files.enumerated() {
        Scratch.shared.write(index < parts.count ? Array(parts[index]) : [], to: name)
    }
    // Reading the folder may fail; inspecting it never does, whatever the folder holds.
    guard let inspection = try? ModelInspection(path: Scratch.shared.path) else { fatalError("cannot be inspected") }
    precondition(!inspection.json.serialized().isEmpty)
    for finding in inspection.findings { precondition(!finding.text.isEmpty) }
    if let folder = inspection.folder {
        for module in folder.modules { _ = try? folder.weights(of: module) }
        _ = try? folder.queryTokenWeights()
        _ = folder.queryTokenizerFolder
    }
    return 0
}

/// A folder in memory where the system has one, which every run of the harness fills again.
struct Scratch: Sendable {
    static let shared = Scratch()
    static let files = [
        "config.json", "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json",
        "1_Pooling/config.json", "2_Dense/config.json", "tokenizer_config.json", "router_config.json",
        "ml-commons_model_config.json", "tokenizer.json", "idf.json", "model.safetensors.index.json",
    ]

    let path: String

    private init() {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        path = "\(parent)/needletail-fuzz-\(getpid())"
        for folder in ["", "/1_Pooling", "/2_Dense"] { mkdir(path + folder, 0o700) }
        // A shard for indexes to name: an empty safetensors file.
        write([2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], to: "shard.safetensors")
    }

    func write(_ bytes: [UInt8], to name: String) {
        let file = "\(path)/\(name)"
        if bytes.isEmpty {
            unlink(file)
            return
        }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "cannot write to \(path)")
        defer { close(descriptor) }
        precondition(systemWrite(descriptor, bytes, bytes.count) == bytes.count, "cannot write to \(path)")
    }
}

// Inside the type above, its own `write` hides the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int { write(descriptor, bytes, count) }
