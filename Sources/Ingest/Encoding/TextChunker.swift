import JSON
import Pipelines
import TextAnalysis

/// How `text_chunking` cuts texts.
///
/// Places count UTF-16 code units, as OpenSearch's do. Source: neural-search's `FixedTokenLengthChunker`, `DelimiterChunker` and `FixedCharLengthChunker`.
struct TextChunker: Sendable {
    private enum Rule: Sendable {
        case tokens(Analyzer, limit: Int, overlap: Int)
        case delimiter([UInt16])
        case characters(limit: Int, overlap: Int)
    }

    private let rule: Rule
    /// Chunks that a document may have; `nil` for any number.
    let maximumChunks: Int?

    private static let tokenizers = [
        "classic", "letter", "lowercase", "standard", "thai", "uax_url_email", "whitespace",
    ]
    private static let names = ["fixed_token_length", "delimiter", "fixed_char_length"]

    /// Reads `algorithm`.
    init(_ algorithm: JSONObject, _ settings: ProcessorSettings) throws(PipelineError) {
        guard algorithm.count <= 1 else {
            throw settings.illegalArgument(
                "Unable to create text_chunking processor as [algorithm] contains multiple algorithms")
        }
        let name = algorithm.keys.first ?? "fixed_token_length"
        guard let values = (algorithm[name] ?? .object([:])).object else {
            throw settings.illegalArgument(
                "Unable to create text_chunking processor as parameters for [\(name)] algorithm must be an object")
        }
        guard Self.names.contains(name) else {
            throw settings.illegalArgument(
                "Chunking algorithm [\(name)] is not supported. Supported chunking algorithms are [\(Self.names.joined(separator: ", "))]"
            )
        }
        let parameters = Parameters(values: values, settings: settings)
        let maximum = try parameters.integer("max_chunk_limit", 100)
        guard maximum > 0 || maximum == -1 else {
            throw settings.illegalArgument(
                "Parameter [max_chunk_limit] must be positive or -1 to disable this parameter")
        }
        maximumChunks = maximum == -1 ? nil : maximum
        switch name {
        case "delimiter":
            rule = .delimiter(Array(try parameters.text("delimiter", "\n\n").utf16))
        case "fixed_char_length":
            let limit = try parameters.positive("char_limit", 2048)
            rule = .characters(limit: limit, overlap: Int(Double(limit) * (try parameters.overlap())))
        default:
            let limit = try parameters.positive("token_limit", 384)
            let tokenizer = try parameters.text("tokenizer", "standard")
            guard Self.tokenizers.contains(tokenizer) else {
                throw settings.illegalArgument(
                    "Tokenizer [\(tokenizer)] is not supported for [fixed_token_length] algorithm. Supported tokenizers are [\(Self.tokenizers.joined(separator: ", "))]"
                )
            }
            let analyzer: Analyzer
            do { analyzer = try AnalysisRegistry.builtIn.customAnalyzer(tokenizer: .string(tokenizer)) } catch {
                throw settings.illegalArgument(error.reason)
            }
            rule = .tokens(analyzer, limit: limit, overlap: Int(Double(limit) * (try parameters.overlap())))
        }
    }

    /// Parameters of an algorithm: numbers may be texts.
    private struct Parameters {
        let values: JSONObject
        let settings: ProcessorSettings

        func integer(_ name: String, _ fallback: Int) throws(PipelineError) -> Int {
            guard let value = values[name] else { return fallback }
            guard let number = value.int ?? value.string.flatMap({ Int($0) }), Int32(exactly: number) != nil else {
                throw settings.illegalArgument("Parameter [\(name)] must be of java.lang.Integer type")
            }
            return number
        }

        func positive(_ name: String, _ fallback: Int) throws(PipelineError) -> Int {
            let number = try integer(name, fallback)
            guard number > 0 else { throw settings.illegalArgument("Parameter [\(name)] must be positive.") }
            return number
        }

        func overlap() throws(PipelineError) -> Double {
            guard let value = values["overlap_rate"] else { return 0 }
            guard let rate = value.double ?? value.string.flatMap({ Double($0) }) else {
                throw settings.illegalArgument("Parameter [overlap_rate] must be of java.lang.Double type")
            }
            guard rate >= 0, rate <= 0.5 else {
                throw settings.illegalArgument("Parameter [overlap_rate] must be between 0.0 and 0.5, but was \(rate)")
            }
            return rate
        }

        func text(_ name: String, _ fallback: String) throws(PipelineError) -> String {
            guard let value = values[name] else { return fallback }
            guard let text = value.string else {
                throw settings.illegalArgument("Parameter [\(name)] must be of java.lang.String type")
            }
            guard !text.isEmpty else { throw settings.illegalArgument("Parameter [\(name)] should not be empty.") }
            return text
        }
    }

    // MARK: Cutting

    /// The chunks of a text that is not empty.
    ///
    /// - Parameters:
    ///   - limit: how many chunks may still come; the last one holds the rest.
    ///   - waiting: texts that are still to be cut, this one among them: each of them needs a chunk.
    ///   - maximumTokens: `index.analyze.max_token_count`.
    func chunks(of text: String, limit: Int?, waiting: Int, maximumTokens: Int) throws(IngestFailure) -> [String] {
        let units = Array(text.utf16)
        var chunks: [String] = []
        func add(_ range: Range<Int>) { chunks.append(String(decoding: units[range], as: UTF16.self)) }
        /// Whether the next chunk has to be the last.
        func isFull() -> Bool { limit.map { chunks.count + waiting >= $0 } ?? false }
        switch rule {
        case .delimiter(let delimiter):
            var start = 0
            while let place = Self.find(delimiter, in: units, from: start), !isFull() {
                add(start..<(place + delimiter.count))
                start = place + delimiter.count
            }
            if start < units.count { add(start..<units.count) }
        case .characters(let size, let overlap):
            var start = 0
            while start < units.count {
                if isFull() || start + size >= units.count {
                    add(start..<units.count)
                    break
                }
                add(start..<(start + size))
                start += size - overlap
            }
        case .tokens(let analyzer, let size, let overlap):
            let tokens: [AnalyzedToken]
            do { tokens = try analyzer.detail(text).analyzer.tokens } catch { throw .illegalArgument(error.reason) }
            guard tokens.count <= maximumTokens else {
                throw .illegalState(
                    "The number of tokens produced by calling _analyze has exceeded the allowed maximum of [\(maximumTokens)]. This limit can be set by changing the [index.analyze.max_token_count] index level setting."
                )
            }
            var first = 0
            while first < tokens.count {
                let start = first == 0 ? 0 : tokens[first].startOffset
                if isFull() || first + size >= tokens.count {
                    add(start..<units.count)
                    break
                }
                add(start..<tokens[first + size].startOffset)
                first += size - overlap
            }
        }
        return chunks
    }

    private static func find(_ wanted: [UInt16], in units: [UInt16], from start: Int) -> Int? {
        var place = start
        while place + wanted.count <= units.count {
            if units[place] == wanted[0], units[place..<place + wanted.count].elementsEqual(wanted) { return place }
            place += 1
        }
        return nil
    }
}
