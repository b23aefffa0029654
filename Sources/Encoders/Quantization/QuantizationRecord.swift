public import JSON
public import ModelFiles

/// What `needletail models quantize` tells about the quantised weights that it put into a folder.
public struct QuantizationRecord: Sendable, Hashable {
    /// The name of the file in the model folder.
    public static let fileName = "needletail.quantization.json"
    /// The version of the format of record and packed file; others are refused.
    public static let formatVersion = 1

    /// What a comparison of the quantised network with float32 found, and what was asked of it.
    public var quality: QuantizationQuality?
    /// What the network does with these weights: quality was measured for this task.
    public var task: ModelTask
    /// How each matrix was packed, in the order of the network.
    public var matrices: [QuantizedMatrix]
    /// Whether the quality meets the bar: then `auto` takes int8.
    public var passes: Bool
    /// The texts behind smoothing and quality.
    public var sample: SampleSummary
    /// The version of the program.
    public var program: String
    /// The weights of the folder that the record speaks of: those that were quantised, or int8 rows themselves.
    public var source: WeightDigest
    /// The packed file; nil where the folder's own weights are int8 rows, of which products are made at the start.
    public var packed: WeightDigest?

    /// Tells weights from others.
    public struct WeightDigest: Sendable, Hashable {
        /// Of samples of the bytes.
        public var fingerprint: String
        /// SHA-256 of all bytes.
        public var sha256: String
    }

    /// One matrix.
    public struct QuantizedMatrix: Sendable, Hashable {
        /// The name in the packed file.
        public var name: String
        /// The exponent of the smoothing; nil for none.
        public var alpha: Double?
        /// The error of its products on sampled rows, as a share of their size; nil where none was measured.
        public var error: Double?
    }

    /// The texts.
    public struct SampleSummary: Sendable, Hashable {
        /// Where they came from.
        public var name: String
        /// Those that smoothing was chosen with.
        public var calibration: Int
        /// Those that quality was measured with.
        public var heldOut: Int
    }

    /// The record of a folder; nil if it has none.
    ///
    /// - Throws: ``EncoderError`` for a record that cannot be read, or of another format.
    public static func read(_ folder: ModelFolder) throws(EncoderError) -> QuantizationRecord? {
        let document: JSONValue?
        do throws(ModelFileError) { document = try folder.json(fileName) } catch { throw EncoderError(error) }
        guard let document else { return nil }
        return try QuantizationRecord(
            ConfigurationReader(path: folder.path(of: fileName), document: document))
    }

    /// Makes sure that the folder holds the weights that were quantised, and what they were quantised to.
    ///
    /// - Parameter readsAll: compares digests of all bytes; otherwise of samples, as loading does.
    public func check(_ folder: ModelFolder, readsAll: Bool) throws(EncoderError) {
        let weights: WeightArchive
        do throws(ModelFileError) { weights = try folder.weights() } catch { throw EncoderError(error) }
        let packed = try PackedWeights(folder, self)
        try check(weights)
        guard readsAll else { return }
        guard packed?.digest() == self.packed?.sha256, weights.digest() == source.sha256 else {
            throw EncoderError(
                .modelFile, "the weights are not those that the record describes: some bytes differ",
                advice: PackedWeights.advice, path: folder.path(of: Self.fileName))
        }
    }

    /// Whether these are the weights that were quantised, by samples.
    func describes(_ weights: WeightArchive) -> Bool {
        defer { weights.releasePages() }
        return weights.fingerprint() == source.fingerprint
    }

    /// Makes sure by samples that these are the weights that were quantised.
    func check(_ weights: WeightArchive) throws(EncoderError) {
        guard describes(weights) else {
            throw EncoderError(
                .modelFile, "holds other weights than those that \(Self.fileName) speaks of",
                advice: PackedWeights.advice, path: weights.path)
        }
    }
}

extension QuantizationRecord {
    /// The record as a file holds it.
    public var json: JSONValue {
        var object = JSONObject()
        object["format"] = .number(JSONNumber(Self.formatVersion))
        object["needletail"] = .string(program)
        object["task"] = .string(task.recordName)
        object["source"] = ["fingerprint": .string(source.fingerprint), "sha256": .string(source.sha256)]
        if let packed {
            object["packed"] = [
                "file": .string(PackedWeights.fileName), "fingerprint": .string(packed.fingerprint),
                "sha256": .string(packed.sha256),
            ]
        }
        object["sample"] = [
            "name": .string(sample.name), "calibration": .number(JSONNumber(sample.calibration)),
            "held_out": .number(JSONNumber(sample.heldOut)),
        ]
        object["passes"] = .bool(passes)
        if let quality { object["quality"] = quality.json }
        if packed != nil { object["smoothing"] = "s = input amax^alpha / weight amax^(1 - alpha), alpha by search" }
        object["matrices"] = .array(
            matrices.map { matrix in
                [
                    "name": .string(matrix.name), "alpha": matrix.alpha.map { .number(JSONNumber($0)) } ?? .null,
                    "error": matrix.error.map { .number(JSONNumber($0)) } ?? .null,
                ]
            })
        return .object(object)
    }

    init(_ reader: ConfigurationReader) throws(EncoderError) {
        let format = try reader.integer("format", in: 0...1_000_000)
        guard format == Self.formatVersion else {
            throw EncoderError(
                .modelFile, "is of format \(format); this program reads format \(Self.formatVersion)",
                advice: PackedWeights.advice, path: reader.path, field: "format")
        }
        func section(_ name: String) throws(EncoderError) -> ConfigurationReader {
            guard let value = reader.present(name), value.object != nil else {
                throw EncoderError(
                    .badConfiguration, "is missing or no object", advice: PackedWeights.advice, path: reader.path,
                    field: name)
            }
            return try ConfigurationReader(path: reader.path, document: value)
        }
        program = try reader.text("needletail", default: "")
        let word = try reader.text("task", default: "")
        guard let task = ModelTask.allCases.first(where: { $0.recordName == word }) else {
            throw EncoderError(
                .badConfiguration, "must be dense, sparse or cross-encoder", advice: PackedWeights.advice,
                path: reader.path, field: "task")
        }
        self.task = task
        func digest(_ name: String) throws(EncoderError) -> WeightDigest {
            let section = try section(name)
            return WeightDigest(
                fingerprint: try section.text("fingerprint", default: ""),
                sha256: try section.text("sha256", default: ""))
        }
        source = try digest("source")
        packed = reader.present("packed") == nil ? nil : try digest("packed")
        passes = try reader.flag("passes", default: false)
        let texts = try section("sample")
        sample = SampleSummary(
            name: try texts.text("name", default: ""),
            calibration: try texts.integer("calibration", in: 0...1_000_000_000, default: 0),
            heldOut: try texts.integer("held_out", in: 0...1_000_000_000, default: 0))
        quality = reader.present("quality").flatMap { QuantizationQuality($0) }
        matrices = (reader.present("matrices")?.array ?? []).prefix(100_000).compactMap { item in
            guard let name = item["name"]?.string else { return nil }
            return QuantizedMatrix(name: name, alpha: item["alpha"]?.double, error: item["error"]?.double)
        }
    }
}

extension ModelTask {
    /// What records call it.
    fileprivate var recordName: String {
        switch self {
        case .crossEncoder: "cross-encoder"
        case .dense: "dense"
        case .sparse: "sparse"
        case .sparseQuery: "sparse-query"
        }
    }
}
