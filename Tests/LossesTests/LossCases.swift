import JSON
import Losses
import Tensors
import TestSupport
import Testing

/// What `Tests/Fixtures/training/losses.json` holds: batches, and what sentence-transformers' losses make of them.
struct LossCases {
    /// A batch of vectors with its expected value and gradients.
    struct Vectors: Sendable, CustomTestStringConvertible {
        let number: Int
        let loss: String
        let model: LossKind.Model
        let settings: [String: LossSetting]
        let isSmooth: Bool
        let columns: [[[Float]]]
        let labels: [[Float]]?
        let guide: [[[Float]]]
        let value: Double
        let parts: [String: Double]
        let gradients: [[[Double]]]

        var testDescription: String { "\(number): \(loss) for \(model.rawValue) models" }

        func make() throws -> any EmbeddingLoss {
            try #require(LossKind.named(loss, for: model).make(settings) as? any EmbeddingLoss)
        }
    }

    /// A batch of logits with its expected value and gradient.
    struct Logits: Sendable, CustomTestStringConvertible {
        let number: Int
        let loss: String
        let settings: [String: LossSetting]
        let groups: [Range<Int>]
        let labels: [[Float]]
        let logits: [[Float]]
        let value: Double
        let gradient: [[Double]]

        var testDescription: String { "\(number): \(loss)" }

        func make() throws -> any LogitLoss {
            try #require(LossKind.named(loss, for: .crossEncoder).make(settings) as? any LogitLoss)
        }
    }

    static let document: JSONValue? = try? JSONValue(parsing: Fixture.bytes("training/losses.json"))

    static let vectors: [Vectors] = (document?["embeddings"]?.array ?? []).enumerated().compactMap { number, entry in
        guard let loss = entry["loss"]?.string, let model = entry["model"]?.string.flatMap(LossKind.Model.init),
            let value = entry["value"]?.double
        else { return nil }
        return Vectors(
            number: number, loss: loss, model: model, settings: settings(entry),
            isSmooth: entry["smooth"]?.bool ?? true,
            columns: floats(entry["columns"]), labels: entry["labels"].map(matrix), guide: floats(entry["guide"]),
            value: value,
            parts: (entry["parts"]?.object ?? JSONObject()).reduce(into: [:]) { $0[$1.key] = $1.value.double },
            gradients: (entry["gradients"]?.array ?? []).map(doubles))
    }

    static let logits: [Logits] = (document?["logits"]?.array ?? []).enumerated().compactMap { number, entry in
        guard let loss = entry["loss"]?.string, let value = entry["value"]?.double else { return nil }
        var groups: [Range<Int>] = []
        for count in (entry["groups"]?.array ?? []).compactMap(\.int) {
            let start = groups.last?.upperBound ?? 0
            groups.append(start..<start + count)
        }
        return Logits(
            number: number, loss: loss, settings: settings(entry), groups: groups,
            labels: (entry["labels"].map(matrix) ?? []), logits: entry["logits"].map(matrix) ?? [], value: value,
            gradient: entry["gradient"].map(doubles) ?? [])
    }

    private static func settings(_ entry: JSONValue) -> [String: LossSetting] {
        (entry["settings"]?.object ?? JSONObject()).reduce(into: [:]) { settings, member in
            let value = member.value
            if let flag = value.bool { settings[member.key] = .flag(flag) }
            if let number = value.double { settings[member.key] = .number(number) }
            if let text = value.string { settings[member.key] = .text(text) }
            guard let array = value.array else { return }
            let texts = array.compactMap(\.string)
            settings[member.key] = texts.isEmpty ? .numbers(array.compactMap(\.double)) : .texts(texts)
        }
    }

    static func doubles(_ value: JSONValue) -> [[Double]] {
        (value.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
    }

    static func matrix(_ value: JSONValue) -> [[Float]] { doubles(value).map { $0.map { Float($0) } } }

    private static func floats(_ value: JSONValue?) -> [[[Float]]] { (value?.array ?? []).map(matrix) }
}

/// A matrix with memory of its own, for tests.
///
/// The memory is never given back: a view does not keep it, and optimised builds end a variable's life behind its last use.
struct OwnedMatrix {
    let view: MatrixView

    /// Rows of zeros, `stride` floats apart, with `filling` in the gaps.
    init(rows: Int, columns: Int, gap: Int = 0, filling: Float = .nan) {
        let buffer = Unmanaged.passRetained(FloatBuffer(count: rows * (columns + gap))).takeUnretainedValue()
        buffer.values.update(repeating: filling)
        view = MatrixView(buffer.base, rows: rows, columns: columns, stride: columns + gap)
        for row in 0..<rows { view[row].update(repeating: 0) }
    }

    init(_ values: [[Float]], gap: Int = 0) {
        self.init(rows: values.count, columns: values.first?.count ?? 0, gap: gap)
        for (row, value) in values.enumerated() {
            for (column, element) in value.enumerated() { view[row, column] = element }
        }
    }
}

extension LossCases.Vectors {
    /// The batch in memory, with rows a few floats apart, and places for the gradients.
    struct Memory {
        let columns: [OwnedMatrix]
        let labels: OwnedMatrix?
        let guide: [OwnedMatrix]
        let gradients: [OwnedMatrix]

        var batch: EmbeddingBatch {
            EmbeddingBatch(columns.map(\.view), labels: labels?.view, guide: guide.map(\.view))
        }
    }

    func memory(gap: Int = 3) -> Memory {
        Memory(
            columns: columns.map { OwnedMatrix($0, gap: gap) }, labels: labels.map { OwnedMatrix($0, gap: gap) },
            guide: guide.map { OwnedMatrix($0, gap: gap) },
            gradients: columns.map { OwnedMatrix(rows: $0.count, columns: $0[0].count, gap: gap) })
    }
}
