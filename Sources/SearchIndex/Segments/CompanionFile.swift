import IndexFiles
import SparseIndex
import VectorIndex

/// What a segment has of a field in a file of its own: open, mapped.
struct CompanionFile: Sendable {
    /// What a segment's directory says about such a file, so that no other can take its place.
    struct Stamp: Equatable {
        var byteCount = 0
        var checksum: UInt32 = 0
    }

    private enum Contents: Sendable {
        case vectors(VectorSegment)
        case features(SparseField)
    }

    let name: String
    private let contents: Contents

    /// The ends of the names of all such files.
    static let suffixes = [".vectors", ".features"]

    /// The name of a segment's file for a field; `nil` when the options ask for none.
    static func name(segment: String, _ field: FieldNumber, _ options: FieldOptions) -> String? {
        switch options.companion {
        case .none: nil
        case .vectors: "\(segment.dropLast(8)).\(field.rawValue).vectors"
        case .features: "\(segment.dropLast(8)).\(field.rawValue).features"
        }
    }

    /// Opens the file of a field, and checks what is quickly checked.
    ///
    /// - Throws: ``IndexFiles/IndexFileError`` when it is missing, damaged, of another version, or of other options.
    init(
        folder: String, segment: String, _ field: FieldNumber, _ options: FieldOptions, documentCount: Int
    ) throws(IndexFileError) {
        guard let name = Self.name(segment: segment, field, options) else {
            throw .corrupt(file: "\(folder)/\(segment)", reason: "\(field) has a file where its options ask for none")
        }
        self.name = name
        let path = "\(folder)/\(name)"
        let count: Int
        switch options.companion {
        case .vectors(let vectors):
            let segment = try VectorSegment(path: path)
            guard segment.field == vectors.field else {
                throw .corrupt(file: path, reason: "its vectors are of another kind than those of \(field)")
            }
            count = segment.documentCount
            contents = .vectors(segment)
        case .features, .none:
            let features = try SparseField(path: path)
            count = features.documentCount
            contents = .features(features)
        }
        guard count == documentCount else {
            throw .corrupt(file: path, reason: "it is of \(count) documents, its segment has \(documentCount)")
        }
    }

    var vectors: VectorSegment? { if case .vectors(let vectors) = contents { vectors } else { nil } }

    var features: SparseField? { if case .features(let features) = contents { features } else { nil } }

    var stamp: Stamp {
        switch contents {
        case .vectors(let vectors): Stamp(byteCount: vectors.byteCount, checksum: vectors.checksum)
        case .features(let features): Stamp(byteCount: features.byteCount, checksum: features.checksum)
        }
    }

    /// What readers found to be wrong; `nil`: nothing.
    var damage: IndexFileError? {
        switch contents {
        case .vectors(let vectors): vectors.damage
        case .features(let features): features.damage
        }
    }

    /// Whether it is to have a graph or an approximate index, and is large enough, but has none.
    func isUnfinished(_ options: FieldOptions, graphThreshold: Int) -> Bool {
        switch (options.companion, contents) {
        case (.vectors(let options), .vectors(let vectors)):
            options.graph != nil && vectors.graphOptions == nil && vectors.count >= max(1, graphThreshold)
        case (.features(let options), .features(let features)):
            options.seismic != nil && !features.isApproximate && features.termCount > 0
                && features.documentCount >= options.approximateThreshold
        default: false
        }
    }

    /// Reads the whole file and compares its checksum.
    func verify() throws(IndexFileError) {
        switch contents {
        case .vectors(let vectors): try vectors.verify()
        case .features(let features): try features.verify()
        }
    }
}
