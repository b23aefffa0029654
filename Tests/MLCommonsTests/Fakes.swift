import Foundation
import JSON
import MLCommons
import ModelFiles
import Synchronization

/// Something that work waits for until a test lets it go on.
final class Gate: Sendable {
    private let isOpen = Mutex(true)
    private let waiting = Mutex(0)

    func close() { isOpen.withLock { $0 = false } }
    func open() { isOpen.withLock { $0 = true } }

    /// Waits for the gate; ends early when the task is cancelled.
    func pass() async {
        waiting.withLock { $0 += 1 }
        while !isOpen.withLock({ $0 }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
        waiting.withLock { $0 -= 1 }
    }

    /// Waits until somebody waits.
    func reached() async {
        while waiting.withLock({ $0 }) == 0 { try? await Task.sleep(for: .milliseconds(1)) }
    }
}

/// Models that need no files: what they answer can be told from the texts.
final class FakeHost: ModelHost {
    let gate = Gate()
    private let models = Mutex<[String: HostedModel]>([:])
    private let failure = Mutex<ModelHostError?>(nil)
    private let loads = Mutex<[HostedModel]>([])

    var loaded: Set<String> { models.withLock { Set($0.keys) } }
    /// All that was ever loaded.
    var history: [HostedModel] { loads.withLock { $0 } }
    func forgetAll() { models.withLock { $0 = [:] } }
    func fail(_ error: ModelHostError?) { failure.withLock { $0 = error } }

    func load(_ model: HostedModel) async throws(ModelHostError) {
        await gate.pass()
        if let error = failure.withLock({ $0 }) { throw error }
        loads.withLock { $0.append(model) }
        models.withLock { $0[model.id] = model }
    }

    func unload(_ id: String) { models.withLock { $0[id] = nil } }

    private func check(_ id: String) throws(ModelHostError) {
        if let error = failure.withLock({ $0 }) { throw error }
        guard models.withLock({ $0[id] != nil }) else { throw ModelHostError(500, "\(id) is not loaded") }
    }

    func embed(_ texts: [String], model id: String, includesTokens: Bool) async throws(ModelHostError)
        -> [TextEmbedding]
    {
        try check(id)
        return texts.map { text in
            TextEmbedding(
                tokenIDs: includesTokens ? [101, Int32(text.count), 102] : [],
                tokenVectors: includesTokens ? [1, 2, 3, 4, 5, 6] : [], vector: [Float(text.count), 0.1])
        }
    }

    func encodeSparse(_ texts: [String], model id: String, asQueries: Bool) async throws(ModelHostError)
        -> [[TokenWeight]]
    {
        try check(id)
        return texts.map { text in
            text.split(separator: " ").enumerated().map { number, word in
                TokenWeight(token: String(word), id: Int32(1000 + number), weight: asQueries ? 2.5 : 0.1)
            }
        }
    }

    func score(_ texts: [String], for query: String, model id: String) async throws(ModelHostError) -> [Float] {
        try check(id)
        return texts.map { $0.contains(query) ? 10.223609 : -6.077798 }
    }
}

/// Archives of a host that is not there.
final class FakeSupply: ModelSupply {
    static let similarity = "huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2"
    static let embedding = "huggingface/sentence-transformers/all-MiniLM-L6-v2"
    static let sparse = "amazon/neural-sparse/opensearch-neural-sparse-encoding-v1"
    static let tokenizer = "amazon/neural-sparse/opensearch-neural-sparse-tokenizer-v1"

    /// The zip of every pretrained model.
    static let archive = StoredZip.bytes([("model.pt", [1, 2, 3]), ("tokenizer.json", [UInt8]("{}".utf8))])

    let gate = Gate()
    private let failure = Mutex<ModelSupplyError?>(nil)
    private let archives = Mutex<[String: [UInt8]]>([:])
    private let asked = Mutex<[ModelOrigin]>([])
    private let hash = Mutex<String?>(nil)
    private let other = Mutex<String?>(nil)
    private let written = Mutex<[URL]>([])

    deinit {
        for url in written.withLock({ $0 }) { try? FileManager.default.removeItem(at: url) }
    }

    var origins: [ModelOrigin] { asked.withLock { $0 } }
    func fail(_ error: ModelSupplyError?) { failure.withLock { $0 = error } }
    func put(_ bytes: [UInt8], at url: String) { archives.withLock { $0[url] = bytes } }
    /// What serves instead of all pretrained models.
    func standIn(_ name: String) { other.withLock { $0 = name } }
    func standIn(forPretrained name: String) -> String? { other.withLock { $0 } }
    /// What descriptions say instead of the right hash.
    func lie(hash: String) { self.hash.withLock { $0 = hash } }

    func fetch(
        _ origin: ModelOrigin, progress: @escaping @Sendable (Double) -> Void
    ) async throws(ModelSupplyError) -> SuppliedModel {
        asked.withLock { $0.append(origin) }
        progress(0.25)
        await gate.pass()
        if let error = failure.withLock({ $0 }) { throw error }
        switch origin {
        case .pretrained(let name, _, _):
            let functions = [
                Self.similarity: "TEXT_SIMILARITY", Self.embedding: "TEXT_EMBEDDING", Self.sparse: "SPARSE_ENCODING",
                Self.tokenizer: "SPARSE_TOKENIZE",
            ]
            guard let function = functions[name] else { throw ModelSupplyError(.notListed, "not listed") }
            let bytes = archives.withLock { $0[name] } ?? Self.archive
            return SuppliedModel(path: try write(bytes), description: description(name, function, bytes))
        case .archive(let url, _):
            guard let bytes = archives.withLock({ $0[url] }) else {
                throw ModelSupplyError(.other, "\(url): no such host. Check the address.")
            }
            return SuppliedModel(path: try write(bytes))
        case .repository(let name):
            throw ModelSupplyError(.other, "\(name): the network is switched off. Copy the model to this machine.")
        }
    }

    private func description(_ name: String, _ function: String, _ bytes: [UInt8]) -> JSONObject {
        [
            "name": .string(name), "version": "1.0.2", "description": "A small model", "model_format": "TORCH_SCRIPT",
            "function_name": .string(function),
            "model_content_hash_value": .string(hash.withLock { $0 } ?? Self.sha256(bytes)),
            "model_content_size_in_bytes": .number(JSONNumber(bytes.count)),
            "model_config": [
                "model_type": "bert", "embedding_dimension": 384, "framework_type": "sentence_transformers",
                "all_config": #"{"model_type":"bert"}"#,
            ],
        ]
    }

    private func write(_ bytes: [UInt8]) throws(ModelSupplyError) -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "needletail-zip-\(UUID().uuidString).zip")
        written.withLock { $0.append(path) }
        do { try Data(bytes).write(to: path) } catch { throw ModelSupplyError(.other, "\(error)") }
        return path.path
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.hexadecimal()
    }
}

/// Zip archives of stored files.
enum StoredZip {
    ///
    /// - Parameter inflated: says of the first file that it is compressed and has so many bytes.
    static func bytes(_ files: [(name: String, data: [UInt8])], inflated: Int? = nil) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, data) in files {
            let start = archive.count
            let size = start == 0 ? inflated ?? data.count : data.count
            let method = start == 0 && inflated != nil ? 8 : 0
            let sizes = little(crc32(data), 4) + little(data.count, 4) + little(size, 4)
            let lengths = little(name.utf8.count, 2) + little(0, 2)
            let facts = little(0x0800, 2) + little(method, 2) + little(0, 4) + sizes + lengths
            archive += [0x50, 0x4B, 3, 4] + little(20, 2) + facts + [UInt8](name.utf8) + data
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + facts + little(0, 10)
            directory += little(start, 4) + [UInt8](name.utf8)
        }
        let counts = little(files.count, 2) + little(files.count, 2)
        return archive + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + counts
            + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
    }

    private static func crc32(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return Int(~sum)
    }
}
