import FoundationEssentials
import JSON
import Mappings
import SearchIndex
import SparseIndex
import TextAnalysis
import Testing
import VectorIndex

/// What the index holds of vectors and features that documents were read with.
@Suite struct VectorDocumentTests {
    /// The segment of some documents.
    private func segment(_ json: JSONValue, _ sources: [String]) throws -> (Segment, Mapping) {
        var settings = VectorSettings()
        settings.isVectorIndex = true
        let mapping = try Mapping(parsing: json, context: MappingContext(vectors: settings))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "needletail-vectors-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let writer = try IndexWriter(folder: folder.path)
        for (number, options) in mapping.indexedFields { try writer.define(number, options) }
        var parser = try DocumentParser(mapping: mapping, analysis: .builtIn)
        for (number, source) in sources.enumerated() {
            var document = IndexDocument()
            var source = source
            let update = try source.withUTF8 {
                try parser.parse(UnsafeRawBufferPointer($0), id: "\(number)", into: &document)
            }
            #expect(update == nil)
            document.seqNo = Int64(number)
            try writer.add(document)
        }
        let segment = try #require(try writer.refresh().segments.first)
        writer.close()
        return (segment, mapping)
    }

    private func number(of name: String, _ mapping: Mapping) -> FieldNumber { mapping.field(name)?.number ?? 0 }

    private func weights(_ feature: FeatureKey, _ field: SparseField) throws -> [Int: Float] {
        var found: [Int: Float] = [:]
        guard var cursor = try field.cursor(feature) else { return found }
        while cursor.advance(to: cursor.document + 1) < FeatureCursor.end {
            found[cursor.document] = cursor.weight.value
        }
        return found
    }

    @Test func vectorsAreReadInAllTheirForms() throws {
        let (segment, mapping) = try segment(
            [
                "properties": [
                    "v": ["type": "knn_vector", "dimension": 2], "one": ["type": "knn_vector", "dimension": 1],
                    "b": ["type": "knn_vector", "dimension": 16, "data_type": "binary"],
                ]
            ],
            [
                #"{"v": [1, -2.5e-1], "one": 7, "b": [-128, 127]}"#, #"{"v": ["3", 4.25], "one": ["1e2"], "b": null}"#,
            ])
        let v = try #require(segment.vectors(number(of: "v", mapping)))
        #expect(v.vector(ofDocument: 0) == [1, -0.25])
        #expect(v.vector(ofDocument: 1) == [3, 4.25])
        let one = try #require(segment.vectors(number(of: "one", mapping)))
        #expect(one.vector(ofDocument: 0) == [7] && one.vector(ofDocument: 1) == [100])
        let bits = try #require(segment.vectors(number(of: "b", mapping)))
        #expect(bits.count == 1 && bits.field.dimension == 16)
    }

    @Test func nestedObjectsHaveVectorsOfTheirOwn() throws {
        let (segment, mapping) = try segment(
            [
                "properties": [
                    "n": ["type": "nested", "properties": ["v": ["type": "knn_vector", "dimension": 1]]]
                ]
            ],
            [#"{"n": [{"v": [1]}, {}, {"v": [3]}]}"#])
        let vectors = try #require(segment.vectors(number(of: "n.v", mapping)))
        #expect((0..<4).map { vectors.vector(ofDocument: $0) } == [[1], nil, [3], nil])
    }

    @Test func featuresAreKeptByNameAndByNumber() throws {
        let (segment, mapping) = try segment(
            [
                "properties": [
                    "f": ["type": "rank_features"], "r": ["type": "rank_feature"],
                    "low": ["type": "rank_feature", "positive_score_impact": false],
                    "s": ["type": "sparse_vector", "method": ["name": "seismic"]],
                ]
            ],
            [
                #"{"f": {"a.b": 2, "c": null, "ä": "0.5"}, "r": 8, "low": 4, "s": {"7": 1, "+65536": 2}}"#,
                #"{"f": [{"a.b": 4}, {"c": 1}], "r": "16"}"#,
            ])
        func features(_ name: String) throws -> SparseField {
            try #require(segment.features(number(of: name, mapping)))
        }
        #expect(try weights(FeatureKey(token: "a.b"), features("f")) == [0: 2, 1: 4])
        #expect(try weights(FeatureKey(token: "c"), features("f")) == [1: 1])
        #expect(try weights(FeatureKey(token: "ä"), features("f")) == [0: 0.5])
        #expect(try weights(FeatureKey(token: "r"), features("r")) == [0: 8, 1: 16])
        #expect(try weights(FeatureKey(token: "low"), features("low")) == [0: 0.25])
        #expect(try weights(FeatureKey(id: 7), features("s")) == [0: 1])
        #expect(try weights(FeatureKey(id: 65_536), features("s")) == [0: 2])
    }

    @Test func documentsDoNotSeeEachOthersFeatures() throws {
        // More features than the set of those that were seen begins with, and the same ones again in the next document.
        let many = (0..<300).map { "\"t\($0)\": \($0 + 1)" }.joined(separator: ", ")
        let (segment, mapping) = try segment(
            ["properties": ["f": ["type": "rank_features"], "g": ["type": "rank_features"]]],
            ["{\"f\": {\(many)}, \"g\": {\(many)}}", "{\"f\": {\(many)}}"])
        let f = try #require(segment.features(number(of: "f", mapping)))
        #expect(try weights(FeatureKey(token: "t0"), f) == [0: 1, 1: 1])
        #expect(try weights(FeatureKey(token: "t255"), f) == [0: 256, 1: 256])
    }
}
