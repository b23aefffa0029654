import IndexFiles

/// Writes one segment that holds the live documents of several, in their order.
struct SegmentMerger {
    struct Input {
        var core: SegmentCore
        /// The documents to keep; `nil`: all.
        var live: DocumentSet?
    }

    let inputs: [Input]
    /// The new number of each document of each input; `.max`: dropped.
    let maps: [[UInt32]]
    let documentCount: Int
    private let hasDeletions: Bool
    let isCancelled: @Sendable () -> Bool

    /// - Parameter isCancelled: asked now and then; when true, ``write(folder:name:identity:_:)`` ends early.
    init(_ inputs: [Input], isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.inputs = inputs
        self.isCancelled = isCancelled
        var maps: [[UInt32]] = []
        var next: UInt32 = 0
        for input in inputs {
            var map = [UInt32](repeating: .max, count: input.core.documentCount)
            for document in 0..<input.core.documentCount where input.live?.contains(document) ?? true {
                map[document] = next
                next += 1
            }
            maps.append(map)
        }
        self.maps = maps
        documentCount = Int(next)
        hasDeletions = inputs.contains { $0.live != nil }
    }

    /// Writes the files.
    ///
    /// False when it was cancelled. There must be at least one live document.
    ///
    /// - Throws: ``IndexFileError`` when the file cannot be written or an input is damaged.
    func write(
        folder: String, name: String, identity: UInt64, _ building: Building
    ) throws(IndexFileError) -> Bool {
        let writer = try SegmentWriter(path: "\(folder)/\(name)", identity: identity, documentCount: documentCount)
        var fields: [FieldNumber: FieldOptions] = [:]
        for input in inputs { fields.merge(input.core.fields) { old, _ in old } }
        let order = fields.sorted { $0.key < $1.key }
        var allNorms: [(FieldNumber, FieldOptions, [UInt8])] = []
        for (field, options) in order {
            var norms: [UInt8] = []
            if options.hasNorms, inputs.contains(where: { $0.core.norms[field] != nil }) {
                norms = mergedNorms(field)
                allNorms.append((field, options, norms))
            }
            guard options.indexing != .none, try mergeTerms(field, options, norms, into: writer) else {
                if isCancelled() { return false }
                continue
            }
        }
        for (field, options) in order {
            let stamp = try writeCompanion(folder: folder, segment: name, field, options, building)
            if isCancelled() { return false }
            if let stamp { writer.add(companion: stamp, field, options) }
        }
        try writer.finishPostings()
        for (field, options, norms) in allNorms { try writer.add(norms: norms, field, options) }
        for (field, options) in order {
            switch options.values {
            case .none: break
            case .integers: try mergeIntegers(field, options, into: writer)
            case .ordinals: try mergeOrdinals(field, options, into: writer)
            }
            if isCancelled() { return false }
        }
        var seqNos: [Int64] = []
        seqNos.reserveCapacity(documentCount)
        var roots: DocumentSet?
        if inputs.contains(where: { $0.core.roots != nil }) { roots = DocumentSet(capacity: documentCount) }
        for (input, map) in zip(inputs, maps) {
            for (document, new) in map.enumerated() where new != .max {
                seqNos.append(input.core.seqNo(of: document))
                if roots != nil, input.core.roots?.contains(document) ?? true { roots!.insert(Int(new)) }
            }
        }
        try writer.finish(seqNos: seqNos, roots: roots)
        for input in inputs {
            if let damage = input.core.damage { throw damage }
        }
        return true
    }

    private func mergedNorms(_ field: FieldNumber) -> [UInt8] {
        var norms: [UInt8] = []
        norms.reserveCapacity(documentCount)
        for (input, map) in zip(inputs, maps) {
            let source = input.core.norms[field]?.bytes
            for (document, new) in map.enumerated() where new != .max { norms.append(source?[document] ?? 0) }
        }
        return norms
    }

    /// False when it was cancelled.
    private func mergeTerms(
        _ field: FieldNumber, _ options: FieldOptions, _ norms: [UInt8], into writer: SegmentWriter
    ) throws(IndexFileError) -> Bool {
        var sources: [(input: Int, dictionary: TermDictionary, cursor: TermCursor)] = []
        for (i, input) in inputs.enumerated() {
            guard let dictionary = input.core.dictionaries[field] else { continue }
            var cursor = dictionary.cursor()
            if cursor.next() { sources.append((i, dictionary, cursor)) }
        }
        guard !sources.isEmpty else { return true }
        writer.beginTerms(field, options)
        let postings = writer.postings
        var withTerms = DocumentSet(capacity: hasDeletions ? documentCount : 0)
        var term: [UInt8] = []
        var equal: [Int] = []
        var sinceCheck = 0
        while !sources.isEmpty {
            equal.removeAll(keepingCapacity: true)
            equal.append(0)
            for i in 1..<max(1, sources.count) {
                let order = sources[i].cursor.withTerm { a in
                    sources[equal[0]].cursor.withTerm { compare(a, $0) }
                }
                if order < 0 {
                    equal.removeAll(keepingCapacity: true)
                    equal.append(i)
                } else if order == 0 {
                    equal.append(i)
                }
            }
            term.removeAll(keepingCapacity: true)
            sources[equal[0]].cursor.withTerm { term.append(contentsOf: $0) }
            var documents = 0
            for i in equal {
                let cursor = sources[i].dictionary.postings(sources[i].cursor.entry)
                documents += copy(
                    cursor, maps[sources[i].input], norms, options.indexing, to: postings, &withTerms)
            }
            if documents > 0 { try writer.endTerm(term) }
            for i in equal.reversed() where !sources[i].cursor.next() { sources.remove(at: i) }
            sinceCheck += 1 + documents / 64
            if sinceCheck > 4096 {
                sinceCheck = 0
                if isCancelled() { return false }
            }
        }
        var documentCount = withTerms.count
        if !hasDeletions {
            documentCount = inputs.reduce(0) { $0 + ($1.core.dictionaries[field]?.statistics.documentCount ?? 0) }
        }
        writer.endTerms(documentCount: documentCount)
        return true
    }

    private func copy(
        _ cursor: PostingsCursor, _ map: [UInt32], _ norms: [UInt8], _ indexing: FieldOptions.Indexing,
        to postings: PostingsWriter, _ withTerms: inout DocumentSet
    ) -> Int {
        var copied = 0
        map.withUnsafeBufferPointer { map in
            norms.withUnsafeBufferPointer { norms in
                var document = cursor.next()
                while document != noMoreDocuments {
                    let new = map[document]
                    if new != .max {
                        let frequency = cursor.frequency
                        postings.add(
                            document: new, frequency: UInt32(truncatingIfNeeded: frequency),
                            norm: norms.isEmpty ? 1 : norms[Int(new)])
                        if indexing == .positions {
                            for _ in 0..<frequency {
                                postings.add(position: UInt32(truncatingIfNeeded: cursor.nextPosition()))
                            }
                        }
                        if hasDeletions { withTerms.insert(Int(new)) }
                        copied += 1
                    }
                    document = cursor.next()
                }
            }
        }
        return copied
    }

    private func mergeIntegers(
        _ field: FieldNumber, _ options: FieldOptions, into writer: SegmentWriter
    ) throws(IndexFileError) {
        var documents: [UInt32] = []
        var values: [Int64] = []
        for (input, map) in zip(inputs, maps) {
            guard let column = input.core.integers[field] else { continue }
            var document = column.next(from: 0)
            while document != noMoreDocuments {
                let new = map[document]
                if new != .max {
                    column.forEach(of: document) {
                        documents.append(new)
                        values.append($0)
                    }
                }
                document = column.next(from: document + 1)
            }
        }
        if !values.isEmpty { try writer.add(documents: documents, values: values, field, options) }
    }

    private func mergeOrdinals(
        _ field: FieldNumber, _ options: FieldOptions, into writer: SegmentWriter
    ) throws(IndexFileError) {
        var documents: [UInt32] = []
        var values: [Int64] = []
        var sources: [(column: OrdinalColumn, map: [UInt32], ranks: [Int64])] = []
        for (input, map) in zip(inputs, maps) {
            guard let column = input.core.ordinals[field] else { continue }
            var ranks = [Int64](repeating: input.live == nil ? 0 : -1, count: column.count)
            if input.live != nil {
                for (document, new) in map.enumerated() where new != .max {
                    column.ordinals.forEach(of: document) { ranks[Int($0)] = 0 }
                }
            }
            sources.append((column, map, ranks))
        }
        guard !sources.isEmpty else { return }
        var strings = StringDictionaryWriter()
        var at = [Int](repeating: 0, count: sources.count)
        var lowest: [UInt8] = []
        while true {
            var found = false
            for i in 0..<sources.count {
                while at[i] < sources[i].column.count, sources[i].ranks[at[i]] < 0 { at[i] += 1 }
                guard at[i] < sources[i].column.count else { continue }
                sources[i].column.withBytes(of: at[i]) { bytes in
                    let isLower = !found || lowest.withUnsafeBufferPointer { compare(bytes, $0) } < 0
                    if isLower { lowest = Array(bytes) }
                }
                found = true
            }
            guard found else { break }
            for i in 0..<sources.count where at[i] < sources[i].column.count {
                let isEqual = sources[i].column.withBytes(of: at[i]) { bytes in
                    lowest.withUnsafeBufferPointer { compare(bytes, $0) } == 0
                }
                if isEqual {
                    sources[i].ranks[at[i]] = Int64(strings.count)
                    at[i] += 1
                }
            }
            lowest.withUnsafeBufferPointer { strings.append($0) }
        }
        for (column, map, ranks) in sources {
            var document = column.ordinals.next(from: 0)
            while document != noMoreDocuments {
                let new = map[document]
                if new != .max {
                    column.ordinals.forEach(of: document) {
                        documents.append(new)
                        values.append(ranks[Int($0)])
                    }
                }
                document = column.ordinals.next(from: document + 1)
            }
        }
        guard !values.isEmpty else { return }
        try writer.add(strings: strings, field, options)
        try writer.add(documents: documents, values: values, field, options)
    }
}
