import JSON
public import SearchIndex
public import TextAnalysis

/// Reads the sources of documents into what the index takes, by a mapping.
///
/// Nothing is allocated per value once its buffers have grown. A parser is used by one thread at a time; each thread makes its own, and
/// a new one when the mapping changes.
public struct DocumentParser {
    /// The mapping that documents are read by.
    public let mapping: Mapping

    /// The analysers of fields, by field number.
    let analyzers: [Analyzer?]
    let keyMemory = JSONReader.StringMemory()
    let stringMemory = JSONReader.StringMemory()
    var tokens = TokenBuffer()
    /// The document or child in which each field was last marked as existing, by field number.
    var marks: [UInt32]
    var mark: UInt32 = 0
    /// The document's id, for errors.
    var id = ""
    var hasUnmapped = false
    var ignored: [String] = []
    var nestedCount = 0
    var depth = 0
    /// The nested object that is being read; nil for the document itself.
    var scope: String?
    var waitingCopies: [WaitingCopy] = []
    /// The values of the vector that is being read.
    var vectorValues: [Float] = []
    /// The features of the document or child that is being read.
    var seenFeatures = SeenFeatures()
    /// The document or child that ``seenFeatures`` are of.
    var seenFeaturesMark: UInt32 = 0

    /// A parser for a mapping, with the analysers of its index.
    ///
    /// - Throws: ``MappingError`` if a field's analyser is not in the registry.
    public init(mapping: Mapping, analysis: AnalysisRegistry) throws(MappingError) {
        self.mapping = mapping
        let count = Int(MetadataField.firstFree) + mapping.fieldNames.count
        var analyzers = [Analyzer?](repeating: nil, count: count)
        for field in mapping.fieldsByName.values {
            if let name = field.analyzer {
                guard let analyzer = name == "default" ? analysis.defaultAnalyzer : analysis.analyzer(named: name)
                else {
                    throw MappingError(.illegalArgument, "analyzer [\(name)] has not been configured in mappings")
                }
                analyzers[Int(field.number.rawValue)] = analyzer
            } else if let name = field.normalizer {
                guard let normalizer = analysis.normalizer(named: name) else {
                    throw MappingError(
                        .mapperParsing, "normalizer [\(name)] not found for field [\(field.name)]")
                }
                analyzers[Int(field.number.rawValue)] = normalizer
            }
        }
        self.analyzers = analyzers
        marks = [UInt32](repeating: 0, count: count)
    }

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - source: The document's JSON.
    ///   - id: Its id, which errors name.
    ///   - routing: Its routing, if it came with one.
    ///   - document: Emptied and filled; its `seqNo` is left alone.
    /// - Returns: Nil, or what the document adds to the mapping. Then `document` is not complete: merge and keep the mapping, and read the
    ///   document again with a parser of the new one.
    /// - Throws: ``MappingError`` as OpenSearch answers it.
    public mutating func parse(
        _ source: UnsafeRawBufferPointer, id: String, routing: String? = nil, into document: inout IndexDocument
    ) throws(MappingError) -> MappingUpdate? {
        document.removeAll()
        self.id = id
        hasUnmapped = false
        nestedCount = 0
        depth = 0
        scope = nil
        if !waitingCopies.isEmpty { waitingCopies.removeAll() }
        if !ignored.isEmpty { ignored.removeAll() }
        nextMark()
        if routing == nil, mapping.requiresRouting {
            throw MappingError(.routingMissing, "routing is required for [_doc]/[\(id)]")
        }
        do {
            var reader = JSONReader(source)
            try read(&reader, into: &document)
        } catch let error as DocumentFault {
            throw error.error
        } catch let error as MappingError {
            if error.kind == .mapperParsing || error.kind == .strictDynamicMapping { throw error }
            throw MappingError(.mapperParsing, "failed to parse", cause: error)
        } catch let error as JSONError {
            if source.allSatisfy({ $0 <= 0x20 }) {
                throw MappingError(.mapperParsing, "failed to parse, document is empty")
            }
            throw MappingError(
                .mapperParsing, "failed to parse", cause: MappingError(.jsonParse, error.description))
        } catch {
            throw MappingError(.mapperParsing, "failed to parse: \(error)")
        }
        if hasUnmapped, let update = try DynamicMapper(mapping: mapping, id: id).update(for: source) { return update }
        if let routing {
            document.add(MetadataField.routing.number, term: routing)
            document.add(MetadataField.routing.number, value: routing)
        }
        for name in ignored {
            document.add(MetadataField.ignored.number, term: name)
            document.add(MetadataField.ignored.number, value: name)
        }
        return nil
    }

    private mutating func read(_ reader: inout JSONReader, into document: inout IndexDocument) throws {
        guard try reader.peek() == .object else {
            throw MappingError(.mapperParsing, "Malformed content, must start with an object")
        }
        if !mapping.root.isEnabled {
            try reader.skipValue()
        } else if mapping.root.hasNested {
            // Children lie before their parents in the index, so that nested objects are read first.
            var ahead = reader
            try readMembers(of: mapping.root, pass: .nested, &ahead, &document)
            nextMark()
            scope = nil
            try indexWaitingCopies(&document)
            try readMembers(of: mapping.root, pass: .own, &reader, &document)
        } else {
            try readMembers(of: mapping.root, pass: .all, &reader, &document)
        }
        try reader.finish()
    }

    /// Begins the marks of another document or child.
    mutating func nextMark() {
        if mark == .max {
            for index in marks.indices { marks[index] = 0 }
            mark = 0
        }
        mark += 1
    }

    /// Marks a field as existing, once a document.
    @inline(__always)
    mutating func markExisting(_ number: FieldNumber, in document: inout IndexDocument) {
        let index = Int(number.rawValue)
        if marks[index] != mark {
            marks[index] = mark
            document.add(exists: number)
        }
    }
}

/// An error that is answered as it is, without `failed to parse` around it.
struct DocumentFault: Error {
    let error: MappingError
}
