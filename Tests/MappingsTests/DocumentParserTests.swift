import FoundationEssentials
import JSON
import Mappings
import SearchIndex
import TextAnalysis
import Testing

@Suite struct DocumentParserTests {
    /// Reads documents one after the other, merging what they add, into an index; answers errors as OpenSearch words them.
    private final class Index {
        var mapping: Mapping
        let writer: IndexWriter
        private let folder: URL
        var seqNo: Int64 = 0

        init(_ json: JSONValue = [:]) throws {
            mapping = try Mapping(parsing: json)
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "needletail-mappings-\(UInt64.random(in: 0 ... .max))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            writer = try IndexWriter(folder: folder.path)
            try define()
        }

        deinit {
            writer.close()
            try? FileManager.default.removeItem(at: folder)
        }

        func define() throws {
            for (number, options) in mapping.indexedFields { try writer.define(number, options) }
        }

        func add(_ source: String, id: String = "1", routing: String? = nil) throws {
            var document = IndexDocument()
            while true {
                var parser = try DocumentParser(mapping: mapping, analysis: .builtIn)
                var source = source
                let update = try source.withUTF8 {
                    try parser.parse(UnsafeRawBufferPointer($0), id: id, routing: routing, into: &document)
                }
                guard let update else { break }
                mapping = try mapping.merging(update)
                try define()
            }
            document.seqNo = seqNo
            seqNo += 1
            try writer.add(document)
        }

        func error(_ source: String, id: String = "1") -> MappingError? {
            do { try add(source, id: id) } catch { return error as? MappingError }
            return nil
        }

        func snapshot() throws -> Segment { try writer.refresh().segments[0] }

        func terms(_ field: String) throws -> [String] {
            guard let number = mapping.field(field)?.number, let terms = try snapshot().terms(number) else { return [] }
            var cursor = terms.cursor()
            var result: [String] = []
            while cursor.next() { result.append(String(decoding: cursor.term, as: UTF8.self)) }
            return result
        }

        func integers(_ field: String, of document: Int = 0) throws -> [Int64] {
            guard let number = mapping.field(field)?.number, let column = try snapshot().integers(number) else {
                return []
            }
            return (0..<column.count(of: document)).map { column.value($0, of: document) }
        }
    }

    @Test func typesAreFoundInValues() throws {
        let index = try Index()
        try index.add(
            #"""
            {"s": "Hello World", "i": 1, "f": 1.5, "b": true, "d": "2015-01-01", "d2": "2015/01/02", "o": {"x": "1", "y": [1, 2]},
             "n": null, "e": [], "en": [null], "a": [{"k": 1}, {"m": "z"}], "dotted.name": 3, "eo": {}, "num": "12"}
            """#)
        let text: JSONValue = ["type": "text", "fields": ["keyword": ["type": "keyword", "ignore_above": 256]]]
        #expect(
            index.mapping.json == [
                "properties": [
                    "a": ["properties": ["k": ["type": "long"], "m": text]], "b": ["type": "boolean"],
                    "d": ["type": "date"],
                    "d2": ["type": "date", "format": "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis"],
                    "dotted": ["properties": ["name": ["type": "long"]]], "eo": ["type": "object"],
                    "f": ["type": "float"], "i": ["type": "long"], "num": text,
                    "o": ["properties": ["x": text, "y": ["type": "long"]]], "s": text,
                ]
            ])
        #expect(try index.terms("s") == ["hello", "world"])
        #expect(try index.terms("s.keyword") == ["Hello World"])
        #expect(try index.integers("o.y") == [1, 2])
        #expect(try index.integers("d2") == [1_420_156_800_000])
        #expect(try index.integers("dotted.name") == [3])
    }

    @Test func valuesAreReadByTheirTypes() throws {
        let index = try Index([
            "properties": [
                "long": ["type": "long", "null_value": -1], "byte": ["type": "byte"], "half": ["type": "half_float"],
                "scaled": ["type": "scaled_float", "scaling_factor": 10], "u": ["type": "unsigned_long"],
                "date": ["type": "date", "format": "yyyy||epoch_second"], "nanos": ["type": "date_nanos"],
                "ip": ["type": "ip"], "tags": ["type": "keyword", "ignore_above": 3, "null_value": "nil"],
                "count": ["type": "token_count", "analyzer": "standard"], "all": ["type": "text"],
                "title": ["type": "text", "copy_to": "all"], "flat": ["type": "flat_object"],
            ]
        ])
        try index.add(
            #"""
            {"long": [null, "7", 3.9], "byte": -128, "half": 1.0009, "scaled": 1.26, "u": 18446744073709551615, "date": ["2015", 5],
             "nanos": "2015-01-01T00:00:00.123456789Z", "ip": ["10.0.0.1", "::1"], "tags": ["a", "four", null, "äöü"], "count": "one two",
             "title": "copied text", "flat": {"a": {"b": "x"}, "c": [1, true]}}
            """#)
        #expect(try index.integers("long") == [-1, 3, 7])
        #expect(try index.integers("byte") == [-128])
        #expect(try index.integers("half") == [SortableDouble.encode(1.0009765625)])
        #expect(try index.integers("scaled") == [13])
        #expect(try index.integers("u") == [.max])
        #expect(try index.integers("date") == [5000, 1_420_070_400_000])
        #expect(try index.integers("nanos") == [1_420_070_400_123_456_789])
        #expect(try index.terms("tags") == ["a", "nil", "äöü"])
        #expect(try index.integers("count") == [2])
        #expect(try index.terms("all") == ["copied", "text"])
        #expect(try index.terms("flat") == ["1", "true", "x"])
        #expect(try index.terms("flat.a") == ["a.b=x", "c=1", "c=true"])
        let ip = try #require(try index.snapshot().ordinals(index.mapping.field("ip")!.number))
        #expect((0..<ip.count).map { IPAddress(bytes: ip.bytes(of: $0)).description } == ["::1", "10.0.0.1"])
    }

    @Test func malformedValuesAreRefusedOrIgnored() throws {
        let index = try Index([
            "properties": [
                "l": ["type": "long"], "m": ["type": "integer", "ignore_malformed": true], "d": ["type": "date"],
                "b": ["type": "byte"], "t": ["type": "text"], "o": ["properties": ["x": ["type": "long"]]],
                "al": ["type": "alias", "path": "l"], "bo": ["type": "boolean"], "ip": ["type": "ip"],
                "strict": ["type": "integer", "coerce": false], "v": ["type": "knn_vector", "dimension": 2],
            ]
        ])
        let error = try #require(index.error(#"{"l": "abc"}"#, id: "7"))
        #expect(
            error.reason
                == "failed to parse field [l] of type [long] in document with id '7'. Preview of field's value: 'abc'")
        #expect(error.kind == .mapperParsing)
        #expect(error.cause == MappingError(.illegalArgument, "For input string: \"abc\""))
        #expect(index.error(#"{"b": 300}"#)?.cause?.reason == "Value [300] is out of range for a byte")
        #expect(
            index.error(#"{"d": "x"}"#)?.cause?.reason
                == "failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]")
        #expect(
            index.error(#"{"t": {"a": 1}}"#)?.reason
                == "failed to parse field [t] of type [text] in document with id '1'. Preview of field's value: '{a=1}'"
        )
        #expect(
            index.error(#"{"o": 5}"#)?.reason
                == "object mapping for [o] tried to parse field [o] as object, but found a concrete value")
        #expect(index.error(#"{"al": 5}"#)?.cause?.reason == "Cannot write to a field alias [al].")
        #expect(
            index.error(#"{"bo": "yes"}"#)?.cause?.reason
                == "Failed to parse value [yes] as only [true] or [false] are allowed.")
        #expect(index.error(#"{"ip": "1.2.3"}"#)?.cause?.reason == "'1.2.3' is not an IP string literal.")
        #expect(index.error(#"{"strict": "1"}"#)?.cause?.reason == "Integer value passed as String")
        #expect(index.error(#"{"v": [1, 2, 3]}"#)?.cause?.reason == "Vector dimension mismatch. Expected: 2, Given: 3")
        #expect(index.error(#"{"l": 1"#)?.reason == "failed to parse")
        #expect(index.error("")?.reason == "failed to parse, document is empty")
        #expect(index.error("[1]")?.reason == "Malformed content, must start with an object")
        #expect(index.error(#"{"": 1}"#)?.cause?.reason == "field name cannot be an empty string")
        #expect(index.error(#"{"_id": 1}"#)?.reason.hasPrefix("Field [_id] is a metadata field") == true)
        #expect(index.error(#"{"l": 1, "l": 2}"#)?.cause?.reason == "Duplicate field 'l'")
        #expect(index.seqNo == 0)
        try index.add(#"{"m": "abc", "l": 1}"#)
        let snapshot = try index.snapshot()
        let ignored = try #require(snapshot.ordinals(MetadataField.ignored.number))
        #expect(ignored.count == 1 && ignored.bytes(of: 0) == Array("m".utf8))
    }

    @Test func dynamicSettings() throws {
        let strict = try Index(["dynamic": "strict", "properties": ["o": ["properties": [:]]]])
        #expect(
            strict.error(#"{"x": 1}"#)
                == MappingError(
                    .strictDynamicMapping,
                    "mapping set to strict, dynamic introduction of [x] within [_doc] is not allowed"))
        #expect(strict.error(#"{"o": {"y": 1}}"#)?.reason.contains("[y] within [o]") == true)
        let off = try Index(["dynamic": false])
        try off.add(#"{"x": 1}"#)
        #expect(off.mapping.json == ["dynamic": "false"])
        let disabled = try Index(["properties": ["o": ["enabled": false]]])
        try disabled.add(#"{"o": [1, "x", {"y": {}}]}"#)
        #expect(disabled.mapping.json["properties"] == ["o": ["type": "object", "enabled": false]])
        let templates = try Index([
            "dynamic": "strict_allow_templates", "numeric_detection": true,
            "dynamic_templates": [
                [
                    "k": [
                        "match": "*_k", "match_mapping_type": "string",
                        "mapping": ["type": "keyword", "normalizer": "lowercase"],
                    ]
                ],
                ["r": ["match_pattern": "regex", "match": "^n\\d+$", "mapping": ["type": "{dynamic_type}"]]],
                ["p": ["path_match": "o.*", "mapping": ["type": "keyword"]]],
            ], "properties": ["o": ["type": "object"]],
        ])
        try templates.add(#"{"a_k": "ABC", "n1": "12", "o": {"z": 1}}"#)
        #expect(templates.mapping.field("a_k")?.kind == .keyword)
        #expect(try templates.terms("a_k") == ["abc"])
        #expect(templates.mapping.field("n1")?.kind == .long)
        #expect(templates.mapping.field("o.z")?.kind == .keyword)
        #expect(templates.error(#"{"other": 1}"#)?.kind == .strictDynamicMapping)
    }

    @Test func nestedObjectsAreChildrenBeforeTheirParent() throws {
        let index = try Index([
            "properties": [
                "c": [
                    "type": "nested",
                    "properties": [
                        "x": ["type": "long"],
                        "d": ["type": "nested", "include_in_root": true, "properties": ["y": ["type": "long"]]],
                    ],
                ], "r": ["type": "long"],
            ]
        ])
        try index.add(#"{"c": [{"x": 1, "d": {"y": 10}}, {"d": [{"y": 20}, {"y": 21}], "x": 2}], "r": 5}"#)
        let segment = try index.snapshot()
        #expect(segment.documentCount == 6)
        #expect((0..<6).map { segment.roots?.contains($0) ?? true } == [false, false, false, false, false, true])
        #expect(try (0..<6).map { try index.integers("c.x", of: $0) } == [[], [1], [], [], [2], []])
        #expect(try (0..<6).map { try index.integers("c.d.y", of: $0) } == [[10], [], [20], [21], [], [10, 20, 21]])
        #expect(try index.integers("r", of: 5) == [5])
        let postings = try #require(segment.postings(MetadataField.nestedPath.number, Array("c.d".utf8)))
        #expect(postings.count == 3)
        #expect(index.error(#"{"c.x": 1}"#)?.reason.contains("nested object: [c]") == true)
    }

    @Test func copiesOfNestedValuesGoToTheDocumentAround() throws {
        let index = try Index([
            "properties": [
                "all": ["type": "keyword"], "sum": ["type": "long"],
                "c": [
                    "type": "nested",
                    "properties": [
                        "x": ["type": "keyword", "copy_to": "all"], "n": ["type": "long", "copy_to": ["sum"]],
                    ],
                ],
            ]
        ])
        try index.add(#"{"c": [{"x": "a", "n": 1}, {"x": "b", "n": 2}], "all": "own"}"#)
        let column = try #require(try index.snapshot().ordinals(index.mapping.field("all")!.number))
        #expect((0..<3).map { column.ordinals.count(of: $0) } == [0, 0, 3])
        #expect(try index.integers("sum", of: 2) == [1, 2])
    }

    @Test func damagedDocumentsAreErrorsAndNeverMore() throws {
        let mapping = try Mapping(parsing: [
            "properties": [
                "l": ["type": "long"], "d": ["type": "date"], "k": ["type": "keyword"], "t": ["type": "text"],
                "ip": ["type": "ip"], "n": ["type": "nested", "properties": ["x": ["type": "double"]]],
                "f": ["type": "flat_object"], "o": ["properties": ["b": ["type": "boolean"]]],
            ]
        ])
        var parser = try DocumentParser(mapping: mapping, analysis: .builtIn)
        var document = IndexDocument()
        let source = Array(
            #"{"l": [1, 2.5, "3"], "d": "2015-01-01T10:20:30.5+01:00", "k": "a\u00e4\n", "t": "some text", "ip": "::1", "n": [{"x": 1e3}, {"x": null}], "f": {"a": {"b": [1, "x", true]}}, "o": {"b": "true"}, "new.field": {"deep": [{}]}}"#
                .utf8)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let replacements = Array(#"{}[]",:0-9eE.\nulltrue /ä"#.utf8) + [0, 0xFF]
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = source
            for _ in 0...random(4) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = replacements[random(replacements.count)]
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(replacements[random(replacements.count)], at: random(bytes.count))
                }
            }
            let isAccepted = (try? bytes.withUnsafeBytes { try parser.parse($0, id: "1", into: &document) }) != nil
            accepted += isAccepted ? 1 : 0
        }
        // Most changes break something, and some do not.
        #expect(accepted > 100 && accepted < 19_000)
    }

    @Test func newFieldsInsideMappedObjects() throws {
        let index = try Index([
            "properties": [
                "c": ["type": "nested", "include_in_parent": true, "properties": ["x": ["type": "long"]]],
                "o": ["type": "object", "dynamic": false], "p": ["properties": ["q": ["type": "object"]]],
            ]
        ])
        try index.add(
            #"{"c": [{"x": 1, "y": "new"}, {"z": {"w": true}}], "o": {"no": 1}, "p.q.r": 1.5, "p": {"q": {"s": [1, 2]}}}"#
        )
        let json = index.mapping.json["properties"]
        #expect(json?["c"]?["type"] == "nested" && json?["c"]?["include_in_parent"] == true)
        #expect(index.mapping.field("c.y")?.nestedPath == "c" && index.mapping.field("c.z.w")?.kind == .boolean)
        #expect(json?["o"] == ["type": "object", "dynamic": "false"])
        #expect(index.mapping.field("p.q.r")?.kind == .float && index.mapping.field("p.q.s")?.kind == .long)
        #expect(try index.snapshot().documentCount == 3)
        #expect(try index.terms("c.y") == ["new"])
    }

    @Test func routingIsRequiredAndIndexed() throws {
        let index = try Index(["_routing": ["required": true]])
        #expect(index.error("{}")?.kind == .routingMissing)
        try index.add("{}", routing: "r1")
        #expect(try index.snapshot().postings(MetadataField.routing.number, Array("r1".utf8)) != nil)
    }

    @Test func manyFieldsAreRefused() throws {
        let index = try Index()
        let members = (0..<1100).map { #""f\#($0)": 1"# }.joined(separator: ",")
        let error = try #require(index.error("{\(members)}"))
        #expect(error == MappingError(.illegalArgument, "Limit of total fields [1000] has been exceeded"))
        #expect(index.mapping.json == [:])
    }
}
