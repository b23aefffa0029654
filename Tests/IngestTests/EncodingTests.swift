import Ingest
import JSON
import Pipelines
import Querying
import Synchronization
import Testing

/// `text_embedding`, `sparse_encoding` and `text_chunking`.
struct EncodingTests {
    /// A text becomes its length and its number of spaces; a token of a text weighs its length.
    final class Lengths: DocumentTextEncoding {
        let calls = Mutex<[[String]]>([])

        func denseVectors(ofDocuments texts: [String], model: String) async throws -> [[Float]] {
            calls.withLock { $0.append(texts) }
            guard model == "m" else { throw SearchError.unknownModel(model) }
            if texts.contains("bad") { throw SearchError.illegalArgument("bad is no good") }
            return texts.map { [Float($0.utf8.count), Float($0.count { $0 == " " }) + 0.1] }
        }

        func sparseVectors(ofDocuments texts: [String], model: String) async throws -> [[WeightedToken]] {
            calls.withLock { $0.append(texts) }
            return texts.map { text in
                text.split(separator: " ").map { WeightedToken(token: String($0), weight: Float($0.utf8.count)) }
            }
        }
    }

    private let encoder = Lengths()

    private func run(_ processor: String, _ sources: [String]) async throws -> [IngestSlot] {
        try await Simulation.run(#"{"processors":[\#(processor)]}"#, sources, encoder: encoder)
    }

    @Test("All documents of a batch are encoded by one call, and each gets its own vectors")
    func dense() async throws {
        let slots = try await run(
            #"{"text_embedding":{"model_id":"m","field_map":{"t":"e","o.x":"y","list":"le"}}}"#,
            [
                #"{"t":"ab c","o":{"x":"z"}}"#, #"{"t":"  "}"#, #"{"other":1}"#, #"{"t":null,"list":["a","bb"]}"#,
                #"{"t":"d","o":[{"x":"12"},{"w":1},{"x":"345"}]}"#,
            ])
        #expect(encoder.calls.withLock { $0 } == [["ab c", "z", "a", "bb", "d", "12", "345"]])
        #expect(slots[0].document.source == ["t": "ab c", "o": ["x": "z", "y": [1, 0.1]], "e": [4, 1.1]])
        #expect(
            slots[1].failure?.description
                == "illegal_argument_exception: map type field [t] has empty string value, cannot process it")
        #expect(slots[2].document.source == ["other": 1])
        #expect(slots[3].document.fields["le"] == [["knn": [1, 0.1]], ["knn": [2, 0.1]]])
        #expect(
            slots[4].document.fields["o"] == [["x": "12", "y": [2, 0.1]], ["w": 1], ["x": "345", "y": [3, 0.1]]])
    }

    @Test("Values that are no texts are refused as neural-search words it")
    func values() async throws {
        let processor = #"{"text_embedding":{"model_id":"m","field_map":{"t":"e"}}}"#
        for (source, reason) in [
            (#"{"t":1}"#, "map type field [t] is neither string nor nested type, cannot process it"),
            (#"{"t":["a",null]}"#, "list type field [t] has null, cannot process it"),
            (#"{"t":[["a"]]}"#, "list type field [t] is nested list type, cannot process it"),
            (#"{"t":["a",1]}"#, "list type field [t] has non string value, cannot process it"),
            (#"{"t":["a",""]}"#, "list type field [t] has empty string, cannot process it"),
        ] { #expect(try await run(processor, [source])[0].failure?.reason == reason) }
    }

    @Test("A model that is not there lets the documents fail that need it")
    func unknownModel() async throws {
        let processor = #"{"text_embedding":{"model_id":"x","field_map":{"t":"e"}}}"#
        let slots = try await run(processor, [#"{"t":"a"}"#, #"{"u":"a"}"#])
        #expect(slots[0].failure?.status == 404)
        #expect(
            slots[0].failure?.reason
                == "Failed to find model with the provided model id: x: the processor [text_embedding] of the pipeline [p] names it"
        )
        #expect(slots[1].failure == nil)
        let without = try await Simulation.run(#"{"processors":[\#(processor)]}"#, [#"{"t":"a"}"#])
        #expect(without[0].failure?.reason.contains("started without models") == true)
    }

    @Test("A text that cannot be encoded lets its own document fail only")
    func badText() async throws {
        let processor = #"{"text_embedding":{"model_id":"m","field_map":{"t":"e"}}}"#
        let sources = ["a", "bb", "bad", "dddd", "bad", "f"].map { #"{"t":"\#($0)"}"# } + ["{}"]
        let slots = try await run(processor, sources)
        #expect(slots.map { $0.failure?.reason } == [nil, nil, "bad is no good", nil, "bad is no good", nil, nil])
        #expect(slots.map { $0.document.fields["e"]?[0] } == [1, 2, nil, 4, nil, 1, nil])
    }

    @Test("A call has no more documents than batch_size says")
    func batchSize() async throws {
        let slots = try await run(
            #"{"text_embedding":{"model_id":"m","field_map":{"t":"e"},"batch_size":2}}"#,
            [#"{"t":["a","b"]}"#, "{}", #"{"t":"c"}"#, #"{"t":"d"}"#])
        #expect(encoder.calls.withLock { $0 } == [["a", "b", "c"], ["d"]])
        #expect(slots.count { $0.document.fields["e"] != nil } == 3)
        #expect(
            Simulation.fault(#"{"text_embedding":{"model_id":"m","field_map":{"t":"e"},"batch_size":0}}"#)?.reason
                == "[batch_size] batch size must be a positive integer")
    }

    @Test("What several pipelines have encoded by a model is encoded by one call")
    func severalPipelines() async throws {
        func pipeline(_ id: String, _ processors: String) throws -> IngestPipeline {
            try IngestPipeline(try JSONValue(parsing: #"{"processors":[\#(processors)]}"#).object ?? [:], id: id)
        }
        func slots(_ texts: [String]) -> [IngestSlot] {
            texts.map { text in
                IngestSlot(IngestDocument(index: "i", id: "1", routing: nil, source: ["t": .string(text)], now: 0))
            }
        }
        let dense = #"{"text_embedding":{"model_id":"m","field_map":{"t":"e"}}}"#
        let sparse = #"{"sparse_encoding":{"model_id":"m","field_map":{"t":"s"}}}"#
        let ran = await IngestRun(IngestEnvironment(pipeline: { _ in nil }, encoder: encoder)).run([
            (try pipeline("a", dense), slots(["a", "bb"])), (try pipeline("b", dense + "," + sparse), slots(["ccc"])),
            (try pipeline("c", #"{"uppercase":{"field":"t"}}"#), slots(["d"])),
            (try pipeline("x", dense.replacing("\"m\"", with: "\"x\"")), slots(["e"])),
        ])
        let calls = encoder.calls.withLock { $0.map { $0.sorted() } }
        #expect(calls.contains(["a", "bb", "ccc"]) && calls.contains(["e"]) && calls.contains(["ccc"]))
        #expect(calls.count == 3)
        #expect(ran.map { $0.map { $0.document.fields["e"]?[0] } } == [[1, 2], [3], [nil], [nil]])
        #expect(ran[1][0].document.fields["s"] == ["ccc": 3] && ran[2][0].document.fields["t"] == "D")
        #expect(ran[3][0].failure?.status == 404)
    }

    @Test("Weighted tokens are pruned as the processor says")
    func sparse() async throws {
        for (pruning, expected, short) in [
            ("", ["a": 1, "bb": 2, "ccc": 3], ["a": 1]),
            (#","prune_type":"max_ratio","prune_ratio":0.6"#, ["bb": 2, "ccc": 3], ["a": 1]),
            (#","prune_type":"top_k","prune_ratio":1"#, ["ccc": 3], ["a": 1]),
            (#","prune_type":"abs_value","prune_ratio":2"#, ["bb": 2, "ccc": 3], [:]),
            // A single token has more than half of the mass.
            (#","prune_type":"alpha_mass","prune_ratio":0.5"#, ["ccc": 3], [:]),
        ] as [(String, JSONValue, JSONValue)] {
            let slots = try await run(
                #"{"sparse_encoding":{"model_id":"m","field_map":{"t":"e","l":"k"}\#(pruning)}}"#,
                [#"{"t":"a bb ccc","l":["a"]}"#])
            #expect(slots[0].document.fields["e"] == expected)
            #expect(slots[0].document.fields["k"] == [["sparse_encoding": short]])
        }
        func reason(_ settings: String) -> String? {
            Simulation.fault(#"{"sparse_encoding":{"model_id":"m","field_map":{"t":"e"},\#(settings)}}"#)?.reason
        }
        #expect(reason(#""prune_ratio":1"#) == "prune_ratio field is not supported when prune_type is not provided")
        #expect(reason(#""prune_type":"top_k""#) == "[prune_ratio] required property is missing")
        #expect(reason(#""prune_type":"x","prune_ratio":1"#) == "Unknown prune type: x")
        #expect(
            reason(#""prune_type":"max_ratio","prune_ratio":1"#)
                == "Illegal prune_ratio 1.0 for prune_type: max_ratio. prune_ratio should be in the range [0, 1).")
    }

    @Test("Encodings of the same text are taken over from the index where that is asked for")
    func existing() async throws {
        let definition = try JSONValue(
            parsing:
                #"{"processors":[{"text_embedding":{"model_id":"m","field_map":{"t":"e","u":"f"},"skip_existing":true}}]}"#
        )
        let pipeline = try IngestPipeline(definition.object ?? [:], id: "p")
        #expect(pipeline.readsKept)
        var document = IngestDocument(index: "i", id: "1", routing: nil, source: ["t": "same", "u": "new"], now: 0)
        document.kept = ["t": "same", "e": [9], "u": "old", "f": [8]]
        var slots = [IngestSlot(document)]
        await IngestRun(IngestEnvironment(pipeline: { _ in nil }, encoder: encoder)).run(pipeline, &slots)
        #expect(encoder.calls.withLock { $0 } == [["new"]])
        #expect(slots[0].document.source == ["t": "same", "u": "new", "e": [9], "f": [3, 0.1]])
    }

    @Test("Texts are cut by tokens, delimiters and characters")
    func chunks() async throws {
        func cut(
            _ algorithm: String,
            _ source: String = #"{"t":"This is an example document to be chunked. The document contains a paragraph."}"#
        )
            async throws -> JSONValue?
        {
            let found = try await Simulation.one(
                #"{"text_chunking":{"field_map":{"t":"c"},"algorithm":{\#(algorithm)}}}"#, source)
            return found["c"] ?? found
        }
        #expect(
            try await cut(#""fixed_token_length":{"token_limit":5}"#)
                == ["This is an example document ", "to be chunked. The document ", "contains a paragraph."])
        #expect(
            try await cut(#""fixed_token_length":{"token_limit":5,"overlap_rate":0.2}"#)
                == [
                    "This is an example document ", "document to be chunked. The ",
                    "The document contains a paragraph.",
                ])
        #expect(
            try await cut(#""fixed_token_length":{"token_limit":2,"max_chunk_limit":2}"#)
                == ["This is ", "an example document to be chunked. The document contains a paragraph."])
        #expect(try await cut(#""delimiter":{"delimiter":"."}"#, #"{"t":"a.b.c"}"#) == ["a.", "b.", "c"])
        #expect(try await cut(#""delimiter":{"max_chunk_limit":2}"#, #"{"t":"a\n\nb\n\nc"}"#) == ["a\n\n", "b\n\nc"])
        #expect(
            try await cut(#""fixed_char_length":{"char_limit":4,"overlap_rate":0.5}"#, #"{"t":"abcdefgh"}"#) == [
                "abcd", "cdef", "efgh",
            ])
        #expect(try await cut("", #"{"t":["a b","","c"]}"#) == ["a b", "c"])
        #expect(try await cut("", "{}") == [])
        #expect(
            try await cut(#""fixed_token_length":{"token_limit":1,"max_chunk_limit":3}"#, #"{"t":["a b c","d e"]}"#)
                == ["a ", "b c", "d e"])
        let skipped = try await Simulation.one(
            #"{"text_chunking":{"field_map":{"t":"c"},"ignore_missing":true}}"#, "{}")
        #expect(skipped == [:])
    }

    @Test("Settings of cutting that cannot be are refused")
    func chunkSettings() {
        func reason(_ algorithm: String) -> String? {
            Simulation.fault(#"{"text_chunking":{"field_map":{"t":"c"},"algorithm":{\#(algorithm)}}}"#)?.reason
        }
        #expect(
            reason(#""delimiter":{},"fixed_token_length":{}"#)
                == "Unable to create text_chunking processor as [algorithm] contains multiple algorithms")
        #expect(reason(#""x":{}"#)?.hasPrefix("Chunking algorithm [x] is not supported.") == true)
        #expect(reason(#""delimiter":{"delimiter":""}"#) == "Parameter [delimiter] should not be empty.")
        #expect(reason(#""fixed_token_length":{"token_limit":0}"#) == "Parameter [token_limit] must be positive.")
        #expect(
            reason(#""fixed_token_length":{"tokenizer":"ngram"}"#)?.hasPrefix("Tokenizer [ngram] is not supported")
                == true)
        #expect(
            reason(#""fixed_char_length":{"overlap_rate":0.6}"#)
                == "Parameter [overlap_rate] must be between 0.0 and 0.5, but was 0.6")
        #expect(
            reason(#""delimiter":{"max_chunk_limit":0}"#)
                == "Parameter [max_chunk_limit] must be positive or -1 to disable this parameter")
    }
}
