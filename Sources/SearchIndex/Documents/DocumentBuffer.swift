import IndexFiles

/// Documents that are not in a segment yet.
///
/// Used by one thread at a time.
final class DocumentBuffer {
    private final class Column {
        var documents: [UInt32] = []
        var values: [Int64] = []
        var table: TermTable?
    }

    private let arena = ByteArena()
    private let companions: CompanionBuffer
    private var inverted: [InvertedField?] = []
    private var existence: [[UInt32]] = []
    private var columns: [Column?] = []
    private(set) var seqNos: [Int64] = []
    private var children: [UInt32] = []

    init() { companions = CompanionBuffer(arena: arena) }

    var isEmpty: Bool { seqNos.isEmpty }
    var documentCount: Int { seqNos.count }

    /// About how much memory the documents take.
    var byteCount: Int {
        var sum = arena.count + seqNos.count * 8 + companions.byteCount
        for field in inverted { sum += field?.byteCount ?? 0 }
        for column in columns { sum += (column?.documents.count ?? 0) * 12 + (column?.table?.byteCount ?? 0) }
        for documents in existence { sum += documents.count * 4 }
        return sum
    }

    /// Adds a document and its children.
    ///
    /// Nothing is added when this throws.
    func add(_ document: borrowing IndexDocument, _ fields: [FieldOptions?]) throws(IndexError) {
        try check(document, fields)
        var number = UInt32(seqNos.count)
        seqNos.append(document.seqNo)
        for i in 0..<document.entries.count {
            let entry = document.entries[i]
            let field = Int(entry.field.rawValue), first = Int(entry.first), count = Int(entry.count)
            switch entry.kind {
            case .tokens:
                invertedField(field, fields)
                    .add(document, first..<first + count, gap: Int32(truncatingIfNeeded: entry.value), to: number)
            case .term:
                let target = invertedField(field, fields)
                document.bytes.withUnsafeBufferPointer { bytes in
                    Self.withStart(bytes, first) {
                        target.add($0, count, frequency: UInt32(truncatingIfNeeded: entry.value), to: number)
                    }
                }
            case .integer:
                let column = column(field)
                column.documents.append(number)
                column.values.append(entry.value)
            case .bytes:
                let column = column(field)
                if column.table == nil { column.table = TermTable(arena: arena) }
                let value = document.bytes.withUnsafeBufferPointer { bytes in
                    Self.withStart(bytes, first) { column.table!.number(of: $0, count) }
                }
                column.documents.append(number)
                column.values.append(Int64(value))
            case .vector:
                document.numbers.withUnsafeBufferPointer { numbers in
                    companions.add(
                        vector: UnsafeBufferPointer(rebasing: numbers[first..<first + count]), entry.field, to: number)
                }
            case .feature: companions.addFeature(entry.field, to: number)
            case .exists:
                while existence.count <= field { existence.append([]) }
                if existence[field].last != number { existence[field].append(number) }
            case .childEnd:
                children.append(number)
                number += 1
                seqNos.append(document.seqNo)
            }
        }
    }

    private static func withStart<R>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ first: Int, _ body: (UnsafePointer<UInt8>) -> R
    ) -> R {
        if let base = bytes.baseAddress { return body(base + first) }
        return withUnsafePointer(to: UInt8(0), body)
    }

    private func check(_ document: borrowing IndexDocument, _ fields: [FieldOptions?]) throws(IndexError) {
        guard seqNos.count < Int(Int32.max) - 1_000_000 else {
            throw .document(seqNo: document.seqNo, reason: "the buffer holds too many documents: refresh first")
        }
        companions.beginDocument()
        for i in 0..<document.entries.count {
            let entry = document.entries[i]
            if entry.kind == .childEnd {
                companions.endChild()
                continue
            }
            if entry.kind == .exists {
                if entry.field > .highest {
                    throw .document(seqNo: document.seqNo, reason: "\(entry.field) is above \(FieldNumber.highest)")
                }
                continue
            }
            let number = Int(entry.field.rawValue)
            guard number < fields.count, let options = fields[number] else {
                throw .document(seqNo: document.seqNo, reason: "\(entry.field) was not defined")
            }
            switch entry.kind {
            case .tokens:
                guard options.indexing != .none else { throw mismatch(document.seqNo, entry.field, "terms") }
            case .term:
                guard options.indexing != .none else { throw mismatch(document.seqNo, entry.field, "terms") }
                guard entry.value > 0 else {
                    throw .document(seqNo: document.seqNo, reason: "\(entry.field) has a term with frequency 0")
                }
            case .bytes:
                guard options.values == .ordinals else { throw mismatch(document.seqNo, entry.field, "strings") }
            case .integer:
                guard options.values == .integers else { throw mismatch(document.seqNo, entry.field, "integers") }
            case .vector:
                guard case .vectors(let vectors) = options.companion else {
                    throw mismatch(document.seqNo, entry.field, "vectors")
                }
                let reason = document.numbers.withUnsafeBufferPointer { numbers in
                    let values = UnsafeBufferPointer(
                        rebasing: numbers[Int(entry.first)..<Int(entry.first + entry.count)])
                    return companions.check(vector: values, entry.field, vectors)
                }
                if let reason { throw .document(seqNo: document.seqNo, reason: reason) }
            case .feature:
                guard case .features = options.companion else {
                    throw mismatch(document.seqNo, entry.field, "features")
                }
                let weight = Float(bitPattern: UInt32(truncatingIfNeeded: entry.value))
                let reason = document.bytes.withUnsafeBufferPointer { bytes in
                    Self.withStart(bytes, Int(entry.first)) {
                        companions.check(feature: $0, Int(entry.count), weight: weight, entry.field)
                    }
                }
                if let reason { throw .document(seqNo: document.seqNo, reason: reason) }
            case .exists, .childEnd: break
            }
        }
        guard document.longestTerm <= IndexDocument.termLimit else {
            throw .document(
                seqNo: document.seqNo,
                reason:
                    "it has a term of \(document.longestTerm) bytes: at most \(IndexDocument.termLimit) are possible")
        }
    }

    private func mismatch(_ seqNo: Int64, _ field: FieldNumber, _ what: String) -> IndexError {
        .document(seqNo: seqNo, reason: "\(field) was defined without \(what)")
    }

    private func invertedField(_ number: Int, _ fields: [FieldOptions?]) -> InvertedField {
        while inverted.count <= number { inverted.append(nil) }
        if let field = inverted[number] { return field }
        let field = InvertedField(arena: arena, options: fields[number]!)
        inverted[number] = field
        return field
    }

    private func column(_ number: Int) -> Column {
        while columns.count <= number { columns.append(nil) }
        if let column = columns[number] { return column }
        let column = Column()
        columns[number] = column
        return column
    }

    /// Writes everything into the files of a segment.
    func write(folder: String, name: String, identity: UInt64, fields: [FieldOptions?]) throws(IndexFileError) {
        let documentCount = seqNos.count
        let written = try companions.write(folder: folder, segment: name, fields, documentCount: documentCount)
        let writer = try SegmentWriter(path: "\(folder)/\(name)", identity: identity, documentCount: documentCount)
        for (number, field) in inverted.enumerated() {
            try field?.write(FieldNumber(UInt32(number)), into: writer)
        }
        if existence.contains(where: { !$0.isEmpty }) { try writeExistence(into: writer) }
        try writer.finishPostings()
        for (number, field) in inverted.enumerated() {
            guard let field, field.options.hasNorms else { continue }
            var norms = field.norms
            while norms.count < documentCount { norms.append(0) }
            try writer.add(norms: norms, FieldNumber(UInt32(number)), field.options)
        }
        for (number, column) in columns.enumerated() {
            guard let column else { continue }
            try write(column, FieldNumber(UInt32(number)), fields[number]!, into: writer)
        }
        for (field, options, stamp) in written { writer.add(companion: stamp, field, options) }
        var roots: DocumentSet?
        if !children.isEmpty {
            var set = DocumentSet(capacity: documentCount, full: true)
            for child in children { set.remove(Int(child)) }
            roots = set
        }
        try writer.finish(seqNos: seqNos, roots: roots)
    }

    private func writeExistence(into writer: SegmentWriter) throws(IndexFileError) {
        writer.beginTerms(.existence, .existence)
        var all = DocumentSet(capacity: seqNos.count)
        for (number, documents) in existence.enumerated() where !documents.isEmpty {
            for document in documents {
                writer.postings.add(document: document, frequency: 1, norm: 1)
                all.insert(Int(document))
            }
            try writer.endTerm(FieldNumber(UInt32(number)).term)
        }
        writer.endTerms(documentCount: all.count)
    }

    private func write(
        _ column: Column, _ field: FieldNumber, _ options: FieldOptions, into writer: SegmentWriter
    ) throws(IndexFileError) {
        var values = column.values
        if let table = column.table {
            let sorted = table.sorted()
            var ranks = [Int64](repeating: 0, count: sorted.count)
            var strings = StringDictionaryWriter()
            for (rank, number) in sorted.enumerated() {
                ranks[Int(number)] = Int64(rank)
                strings.append(table.text(Int(number)))
            }
            for i in 0..<values.count { values[i] = ranks[Int(values[i])] }
            try writer.add(strings: strings, field, options)
        }
        var documents = column.documents
        Self.order(&documents, &values, unique: options.values == .ordinals)
        try writer.add(documents: documents, values: values, field, options)
    }

    /// Sorts the values of each document; removes equal ones if asked.
    static func order(_ documents: inout [UInt32], _ values: inout [Int64], unique: Bool) {
        var start = 0, kept = 0
        while start < documents.count {
            var end = start + 1
            while end < documents.count, documents[end] == documents[start] { end += 1 }
            if end > start + 1 { values[start..<end].sort() }
            let first = kept
            for i in start..<end {
                if unique, kept > first, values[i] == values[kept - 1] { continue }
                documents[kept] = documents[i]
                values[kept] = values[i]
                kept += 1
            }
            start = end
        }
        documents.removeLast(documents.count - kept)
        values.removeLast(values.count - kept)
    }
}
