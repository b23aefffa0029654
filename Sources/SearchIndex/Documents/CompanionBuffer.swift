import IndexFiles
import SparseIndex
import VectorIndex

/// Vectors and features of documents that are not in a segment yet.
///
/// A document is checked as a whole before it is added: ``beginDocument()``, ``check(vector:_:_:)`` and ``check(feature:_:_:_:)`` for what it
/// has, with ``endChild()`` between nested children; then ``add(_:vector:to:)`` and ``addFeature(_:to:)`` in the same order.
final class CompanionBuffer {
    private final class Vectors {
        let writer: VectorSegmentWriter
        /// The part of a document that had a vector last, in the order of checks.
        var lastPart: UInt64 = 0

        init(_ field: VectorField) { writer = VectorSegmentWriter(field: field, documentCount: Int(UInt32.max)) }
    }

    private final class Features {
        let table: TermTable
        var postings = FeaturePostings()
        /// For each feature, the part of a document that had it last, in the order of checks.
        var lastParts: [UInt64] = []
        /// Of the document that was checked, in order: what is to be added, and how much of it was.
        var checked: [(feature: Int, weight: FeatureWeight)] = []
        var added = 0

        init(_ arena: ByteArena) { table = TermTable(arena: arena) }
    }

    private let arena: ByteArena
    private var vectors: [Vectors?] = []
    private var features: [Features?] = []
    /// Counts documents and children that were checked.
    private var part: UInt64 = 0

    init(arena: ByteArena) { self.arena = arena }

    /// About how much memory they take, without the keys of features.
    var byteCount: Int {
        var sum = 0
        for field in vectors { sum += field?.writer.heldBytes ?? 0 }
        for field in features {
            guard let field else { continue }
            sum += field.postings.byteCount + field.table.byteCount + 8 * field.lastParts.count
        }
        return sum
    }

    // MARK: Checking

    /// Begins to check a document; one that was refused before is forgotten.
    func beginDocument() {
        part += 1
        for field in features {
            field?.checked.removeAll(keepingCapacity: true)
            field?.added = 0
        }
    }

    /// What follows is of the next child, or of the document itself.
    func endChild() { part += 1 }

    /// Why a vector cannot be taken; `nil`: it can.
    func check(vector: UnsafeBufferPointer<Float>, _ field: FieldNumber, _ options: VectorOptions) -> String? {
        do throws(VectorFault) { try options.field.checkDocument(vector) } catch { return "\(field): \(error.reason)" }
        let number = Int(field.rawValue)
        while vectors.count <= number { vectors.append(nil) }
        let target = vectors[number] ?? Vectors(options.field)
        vectors[number] = target
        if target.lastPart == part { return "\(field) has two vectors, a document can have one" }
        target.lastPart = part
        return nil
    }

    /// Why a feature cannot be taken; `nil`: it can.
    func check(
        feature key: UnsafePointer<UInt8>, _ count: Int, weight: Float, _ field: FieldNumber
    ) -> String? {
        let stored: FeatureWeight
        do throws(FeatureWeight.Fault) {
            stored = try FeatureWeight(weight)
        } catch {
            return "\(field) has a feature with the weight \(weight), it must be a positive normal number"
        }
        let number = Int(field.rawValue)
        while features.count <= number { features.append(nil) }
        let target = features[number] ?? Features(arena)
        features[number] = target
        let feature = target.table.number(of: key, count)
        if feature == target.lastParts.count { target.lastParts.append(0) }
        if target.lastParts[feature] == part {
            let name = String(decoding: UnsafeBufferPointer(start: key, count: count), as: UTF8.self)
            return "\(field) has the feature [\(name)] twice"
        }
        target.lastParts[feature] = part
        target.checked.append((feature, stored))
        return nil
    }

    // MARK: Adding

    /// Adds a vector that was checked.
    func add(vector: UnsafeBufferPointer<Float>, _ field: FieldNumber, to document: UInt32) {
        vectors[Int(field.rawValue)]!.writer.add(document: Int(document), checked: vector)
    }

    /// Adds the next feature that was checked.
    func addFeature(_ field: FieldNumber, to document: UInt32) {
        let target = features[Int(field.rawValue)]!
        let (feature, weight) = target.checked[target.added]
        target.added += 1
        target.postings.add(feature, weight, document: document)
    }

    // MARK: Writing

    /// Writes the files of a segment, without graphs and approximate indices: merges build them.
    ///
    /// - Returns: what the segment's directory is to say of each.
    func write(
        folder: String, segment: String, _ fields: [FieldOptions?], documentCount: Int
    ) throws(IndexFileError) -> [(field: FieldNumber, options: FieldOptions, stamp: CompanionFile.Stamp)] {
        var stamps: [(field: FieldNumber, options: FieldOptions, stamp: CompanionFile.Stamp)] = []
        for number in 0..<max(vectors.count, features.count) {
            let field = FieldNumber(UInt32(number))
            guard number < fields.count, let options = fields[number],
                let name = CompanionFile.name(segment: segment, field, options)
            else { continue }
            let path = "\(folder)/\(name)"
            if number < vectors.count, let target = vectors[number], target.writer.count > 0 {
                target.writer.documentCount = documentCount
                try target.writer.write(to: path)
            } else if number < features.count, let target = features[number], !target.postings.isEmpty {
                let table = target.table
                try target.postings.write(
                    to: path, order: table.sorted().lazy.map { Int($0) }, documentCount: documentCount, seismic: nil
                ) { table.text($0) }
            } else {
                continue
            }
            let written = try CompanionFile(
                folder: folder, segment: segment, field, options, documentCount: documentCount)
            stamps.append((field, options, written.stamp))
        }
        return stamps
    }
}
