import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// Highlights the words of a query in the sources of hits, by analysing their text again (as the unified highlighter does
/// for fields without offsets).
///
/// `plain` and `fvh` give the same fragments.
struct Highlighter {
    private struct Field {
        var name: String
        var field: MappedField
        var options: FragmentOptions
        var matcher: HighlightTerms
    }

    private let fields: [Field]
    private let encodesHTML: Bool
    private let analysis: AnalysisRegistry
    private let planner: QueryPlanner

    init(_ highlight: Highlight, query: Query?, planner: QueryPlanner) throws {
        self.planner = planner
        analysis = planner.view.analysis
        encodesHTML = highlight.encodesHTML
        var fields: [Field] = []
        var seen: Set<String> = []
        for item in highlight.fields {
            let isPattern = Wildcard.isPattern(item.field)
            for name in planner.mapping.fieldNames(matching: item.field) {
                guard let field = planner.mapping.field(name), field.kind.isText || field.kind.isKeywordLike else {
                    continue
                }
                // A pattern takes each field once, and only those with text.
                if isPattern, !field.kind.isText, field.kind != .keyword { continue }
                if !seen.insert(name).inserted { continue }
                let options = FragmentOptions(item.options, outer: highlight.options, limits: planner.view.limits)
                var names = Set(item.options.matchedFields ?? [])
                names.insert(name)
                let asked = item.options.query ?? highlight.options.query ?? query
                let matcher = try HighlightTerms(
                    asked, fields: options.requiresFieldMatch ? names : nil, planner: planner)
                fields.append(Field(name: name, field: field, options: options, matcher: matcher))
            }
        }
        self.fields = fields
    }

    /// The fragments of a document, by field; fields without any are left out.
    func fragments(_ source: JSONValue) throws -> [(name: String, fragments: [String])] {
        var result: [(name: String, fragments: [String])] = []
        for item in fields {
            let path =
                item.field.isMultiField
                ? String(item.name[..<(item.name.lastIndex(of: ".") ?? item.name.endIndex)]) : item.name
            let texts = SourceValues.values(at: path, in: source).map { planner.text($0) }
            if texts.isEmpty { continue }
            let fragments = try self.fragments(texts, item)
            if !fragments.isEmpty { result.append((item.name, fragments)) }
        }
        return result
    }

    private func fragments(_ texts: [String], _ item: Field) throws -> [String] {
        var passages: [Passage] = []
        var offset = 0
        var units: [[UInt16]] = []
        for (number, text) in texts.enumerated() {
            let unit = Array(text.utf16)
            units.append(unit)
            if unit.count > item.options.analyzedOffset {
                throw SearchError.illegalArgument(
                    "The length of [\(item.name)] field has exceeded [\(item.options.analyzedOffset)] - maximum allowed to be analyzed for highlighting. This maximum can be set by changing the [index.highlight.max_analyzed_offset] index level setting. For large texts, indexing with offsets or term vectors is recommended!"
                ).during(.fetch)
            }
            let matches = try matches(text, item)
            passages += PassageBuilder(options: item.options).passages(unit, value: number, offset: offset, matches)
            offset += unit.count + 1
        }
        let matched = passages.filter { !$0.matches.isEmpty }
        if matched.isEmpty {
            guard item.options.noMatchSize > 0, let first = units.first, !first.isEmpty else { return [] }
            let end = Boundaries.end(of: first, atMost: item.options.noMatchSize)
            return [encoded(first[..<end])]
        }
        var best = matched
        if item.options.numberOfFragments > 0 {
            best.sort { $0.score != $1.score ? $0.score > $1.score : $0.position < $1.position }
            best = Array(best.prefix(item.options.numberOfFragments))
            if !item.options.byScore { best.sort { $0.position < $1.position } }
        }
        return best.map { passage in render(passage, units[passage.value], item.options) }
    }

    /// The places of a text that the query matches, ascending.
    private func matches(_ text: String, _ item: Field) throws -> [HighlightMatch] {
        if !item.field.kind.isText {
            let whole = (try? planner.normalized(item.field, text)) ?? text
            guard let weight = item.matcher.weight(of: Array(whole.utf8)) else { return [] }
            return [HighlightMatch(start: 0, end: text.utf16.count, weight: weight, term: whole)]
        }
        let name = item.field.analyzer ?? "default"
        let analyzer =
            name == "default" ? analysis.defaultAnalyzer : analysis.analyzer(named: name) ?? analysis.defaultAnalyzer
        var buffer = TokenBuffer()
        do { try analyzer.analyze(text, into: &buffer) } catch {
            throw SearchError.illegalArgument("\(error)").during(.fetch)
        }
        return item.matcher.matches(in: buffer)
    }

    private func render(_ passage: Passage, _ text: [UInt16], _ options: FragmentOptions) -> String {
        var result = ""
        var at = passage.start
        for match in Passage.merged(passage.matches) {
            result += encoded(text[at..<max(at, match.start)])
            result += options.preTag + encoded(text[max(at, match.start)..<match.end]) + options.postTag
            at = match.end
        }
        return result + encoded(text[at..<max(at, passage.end)])
    }

    private func encoded(_ units: ArraySlice<UInt16>) -> String {
        let text = String(decoding: units, as: UTF16.self)
        guard encodesHTML else { return text }
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#x27;"
            case "/": result += "&#x2F;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}

/// The options of one highlighted field, with defaults.
struct FragmentOptions {
    var preTag: String
    var postTag: String
    var fragmentSize: Int
    var numberOfFragments: Int
    var noMatchSize: Int
    var byScore: Bool
    var requiresFieldMatch: Bool
    var splitsAtWords: Bool
    var analyzedOffset: Int

    init(_ own: Highlight.Options, outer: Highlight.Options, limits: SearchRequest.Limits) {
        preTag = (own.preTags ?? outer.preTags)?.first ?? "<em>"
        postTag = (own.postTags ?? outer.postTags)?.first ?? "</em>"
        fragmentSize = own.fragmentSize ?? outer.fragmentSize ?? 100
        numberOfFragments = own.numberOfFragments ?? outer.numberOfFragments ?? 5
        noMatchSize = own.noMatchSize ?? outer.noMatchSize ?? 0
        byScore = (own.order ?? outer.order) == "score"
        requiresFieldMatch = own.requireFieldMatch ?? outer.requireFieldMatch ?? true
        splitsAtWords = (own.boundaryScanner ?? outer.boundaryScanner) == "word"
        analyzedOffset = own.maxAnalyzerOffset ?? outer.maxAnalyzerOffset ?? limits.analyzedOffset
    }
}
