import IndexFiles

/// Writes the file of one segment: fields in the order of their numbers, each with its terms, then lengths, then columns.
///
/// Order of calls: for each field ``beginTerms(_:_:)``, terms through ``postings`` and ``endTerm(_:)``, ``endTerms(documentCount:)``;
/// then norms and columns in any order; ``finish(seqNos:roots:)``.
final class SegmentWriter {
    let file: FileOutput
    private var directory = SegmentDirectory()
    private var dictionaries: [(field: Int, dictionary: DictionaryWriter)] = []
    private(set) var postings: PostingsWriter
    private var current: DictionaryWriter?
    private var fieldIndex: [FieldNumber: Int] = [:]

    init(path: String, identity: UInt64, documentCount: Int) throws(IndexFileError) {
        file = try SegmentFile.begin(path: path, identity: identity)
        directory.documentCount = documentCount
        postings = PostingsWriter(file: file, indexing: .documents)
    }

    private func index(of field: FieldNumber, _ options: FieldOptions) -> Int {
        if let known = fieldIndex[field] { return known }
        fieldIndex[field] = directory.fields.count
        directory.fields.append(SegmentDirectory.Field(number: field, options: options))
        return directory.fields.count - 1
    }

    func beginTerms(_ field: FieldNumber, _ options: FieldOptions) {
        let dictionary = DictionaryWriter(indexing: options.indexing)
        dictionaries.append((index(of: field, options), dictionary))
        current = dictionary
        postings = PostingsWriter(file: file, indexing: options.indexing)
    }

    /// Ends the term whose documents were added to ``postings``.
    func endTerm(_ term: UnsafeBufferPointer<UInt8>) throws(IndexFileError) {
        let location = try postings.finishTerm()
        current!.add(term, location, inlinePositions: postings.inlinePositions)
    }

    /// Ends the term whose documents were added to ``postings``.
    func endTerm(_ term: [UInt8]) throws(IndexFileError) {
        let location = try postings.finishTerm()
        let dictionary = current!, positions = postings.inlinePositions
        term.withUnsafeBufferPointer { dictionary.add($0, location, inlinePositions: positions) }
    }

    /// - Parameter documentCount: how many documents have a term of the field.
    func endTerms(documentCount: Int) {
        let field = dictionaries.last!.field
        directory.fields[field].termCount = current!.termCount
        directory.fields[field].statistics = current!.statistics
        directory.fields[field].statistics.documentCount = documentCount
        current = nil
    }

    /// All postings are written: the dictionaries follow.
    func finishPostings() throws(IndexFileError) {
        directory.postingsEnd = file.count
        for (field, dictionary) in dictionaries where dictionary.termCount > 0 {
            let (blocks, index) = try dictionary.finish(into: file)
            directory.fields[field].blocks = blocks
            directory.fields[field].index = index
        }
        dictionaries = []
    }

    func add(norms: [UInt8], _ field: FieldNumber, _ options: FieldOptions) throws(IndexFileError) {
        directory.fields[index(of: field, options)].norms = file.count
        let output = OutputBuffer(capacity: norms.count)
        output.append(array: norms)
        try file.append(output.bytes)
    }

    /// - Parameter documents: ascending, with several values of a document ascending.
    func add(
        documents: [UInt32], values: [Int64], _ field: FieldNumber, _ options: FieldOptions
    ) throws(IndexFileError) {
        directory.fields[index(of: field, options)].column = try IntegerColumnWriter.write(
            documents: documents, values: values, documentCount: directory.documentCount, into: file)
    }

    func add(strings: StringDictionaryWriter, _ field: FieldNumber, _ options: FieldOptions) throws(IndexFileError) {
        directory.fields[index(of: field, options)].strings = try strings.finish(into: file)
    }

    func add(companion: CompanionFile.Stamp, _ field: FieldNumber, _ options: FieldOptions) {
        directory.fields[index(of: field, options)].companion = companion
    }

    func finish(seqNos: [Int64], roots: DocumentSet?) throws(IndexFileError) {
        directory.runs = [0]
        for i in 1..<max(1, seqNos.count) where seqNos[i] < seqNos[i - 1] { directory.runs.append(i) }
        let documents = (0..<seqNos.count).map { UInt32($0) }
        directory.seqNos = try IntegerColumnWriter.write(
            documents: documents, values: seqNos, documentCount: directory.documentCount, into: file)
        if let roots {
            try file.align(to: 8)
            let output = OutputBuffer()
            output.append(array: roots.words)
            directory.roots = file.count..<file.count + output.count
            try file.append(output.bytes)
        }
        try SegmentFile.finish(file, directory)
    }
}
