import SearchIndex
import SparseIndex
import VectorIndex

/// Segments with vectors and features, written, merged and committed without end. It says:
///
///     full REASON      a refresh found no room; what it would have written is written after that
///     committed N      documents up to N are durable, without those that ``VectorDocument/isDeleted(_:before:)`` tells
struct VectorLoad {
    let folder: String
    /// Bytes that a file may have at first.
    let limit: UInt

    func run() throws {
        var options = WriterOptions()
        options.graphThreshold = 50
        let writer = try IndexWriter(folder: folder, options: options)
        for (field, options) in try VectorDocument.fields { try writer.define(field, options) }
        var next = writer.committed.seqNo + 1
        var document = IndexDocument()
        func add(_ count: Int) throws {
            for _ in 0..<count {
                VectorDocument.fill(&document, next)
                try writer.add(document)
                if let deleted = VectorDocument.deleted(by: next) { writer.delete(seqNo: deleted) }
                next += 1
            }
        }
        if next == 0 {
            try add(200)
            FileLimit.prepare()
            FileLimit.set(limit)
            do {
                try writer.refresh()
                Report.say(["error there was room"])
            } catch {
                Report.say(["full \(error)"])
            }
            FileLimit.set(nil)
        }
        while true {
            try add(37)
            try writer.refresh()
            if next % 3 == 0 {
                try writer.commit(Checkpoint(seqNo: next - 1))
                Report.say(["committed \(next - 1)"])
            }
            if next % 11 == 0 { try writer.merge(to: 1) }
        }
    }
}

/// What document N has; both this program and the test know it.
enum VectorDocument {
    static let dense: FieldNumber = 3, features: FieldNumber = 8

    static var fields: [(FieldNumber, FieldOptions)] {
        get throws {
            [
                (
                    dense,
                    FieldOptions(
                        companion: .vectors(
                            VectorOptions(
                                field: try VectorField(dimension: 24, space: .l2),
                                graph: GraphOptions(m: 4, efConstruction: 20))))
                ),
                (
                    features,
                    FieldOptions(
                        companion: .features(
                            FeatureOptions(seismic: SeismicOptions(postings: 40), approximateThreshold: 100)))
                ),
            ]
        }
    }

    static func vector(_ number: Int64) -> [Float] {
        (0..<24).map { Float((number &* 2_654_435_761 &+ Int64($0) &* 40_503) % 1_000) / 8 }
    }

    static func fill(_ document: inout IndexDocument, _ number: Int64) {
        document.removeAll()
        document.seqNo = number
        if number % 5 != 0 { document.add(dense, vector: vector(number)) }
        for place in 0..<6 {
            document.add(
                features, feature: FeatureKey(id: UInt32(number % 7) * 6 + UInt32(place)), weight: Float(place + 1))
        }
    }

    /// The document that goes when this one comes.
    static func deleted(by number: Int64) -> Int64? { number % 4 == 0 && number > 30 ? number - 29 : nil }
}
