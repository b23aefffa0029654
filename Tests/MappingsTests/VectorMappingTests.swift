import JSON
import Mappings
import SearchIndex
import Testing
import VectorIndex

/// Mapping parameters of `knn_vector`; texts are those of the k-NN plug-in's `KNNVectorFieldMapper` and what it calls.
@Suite struct VectorMappingTests {
    private static func context(isVectorIndex: Bool = true) -> MappingContext {
        var settings = VectorSettings()
        settings.isVectorIndex = isVectorIndex
        return MappingContext(vectors: settings)
    }

    private func mapping(_ field: JSONValue, isVectorIndex: Bool = true) throws -> Mapping {
        guard case .object(var members) = field else { return .empty }
        members["type"] = "knn_vector"
        return try Mapping(
            parsing: ["properties": ["v": .object(members)]], context: Self.context(isVectorIndex: isVectorIndex))
    }

    private func vector(_ field: JSONValue, isVectorIndex: Bool = true) throws -> VectorMapping {
        try #require(try mapping(field, isVectorIndex: isVectorIndex).field("v")?.vector)
    }

    @Test func defaultsAreThePlugins() throws {
        let vector = try vector(["dimension": 3])
        #expect(vector.field == (try VectorField(dimension: 3, space: .l2)))
        #expect(vector.graph == GraphOptions(m: 16, efConstruction: 100))
        #expect(vector.engine == .faiss && vector.method == "hnsw" && vector.hasMethod)
        #expect(vector.efSearch == nil)
        #expect(try self.vector(["dimension": 8, "data_type": "binary"]).field.space == .hamming)
        #expect(try self.vector(["dimension": 8, "compression_level": "4x"]).engine == .lucene)
        #expect(try self.vector(["dimension": 8, "mode": "on_disk", "compression_level": "16x"]).engine == .faiss)
    }

    @Test func withoutTheSettingThereIsNoGraph() throws {
        let vector = try vector(["dimension": "3", "space_type": "cosinesimil"], isVectorIndex: false)
        #expect(vector.graph == nil && !vector.hasMethod && vector.method == nil)
        #expect(vector.field == (try VectorField(dimension: 3, space: .cosinesimil)))
    }

    @Test func methodsAreRead() throws {
        let vector = try vector([
            "dimension": 4, "data_type": "BYTE", "space_type": "innerproduct",
            "method": [
                "name": "hnsw", "engine": "FAISS",
                "parameters": ["m": 24, "ef_construction": 200, "ef_search": 64, "encoder": ["name": "flat"]],
            ],
        ])
        #expect(vector.field == (try VectorField(dimension: 4, element: .byte, space: .innerproduct)))
        #expect(vector.graph == GraphOptions(m: 24, efConstruction: 200))
        #expect(vector.efSearch == 64)
        let flat = try self.vector(["dimension": 4, "method": ["name": "flat", "space_type": "l2"]])
        #expect(flat.graph == nil && flat.engine == .lucene && flat.method == "flat" && flat.hasMethod)
        let nmslib = try self.vector([
            "dimension": 4, "method": ["name": "hnsw", "engine": "nmslib", "space_type": "linf"],
        ])
        #expect(nmslib.field.space == .linf && nmslib.graph != nil)
    }

    @Test func settingsAreTheMethodOfFieldsWithoutOne() throws {
        var settings = VectorSettings()
        settings.isVectorIndex = true
        settings.m = 7
        settings.efConstruction = 70
        settings.space = "innerproduct"
        let json: JSONValue = ["properties": ["v": ["type": "knn_vector", "dimension": 3]]]
        let mapping = try Mapping(parsing: json, context: MappingContext(vectors: settings))
        let vector = try #require(mapping.field("v")?.vector)
        #expect(vector.graph == GraphOptions(m: 7, efConstruction: 70))
        #expect(vector.field.space == .innerproduct)
        #expect(mapping.field("v")?.options.companion == .vectors(vector.options))
    }

    @Test(
        arguments: [
            (["dimension": 0], "Dimension value must be greater than 0 for vector: v"),
            (["dimension": "x"], "Unable to parse [dimension] from provided value [x] for vector [v]"),
            (
                ["dimension": "2147483648"],
                "Unable to parse [dimension] from provided value [2147483648] for vector [v]"
            ),
            (["dimension": nil], "[dimension] on mapper [v] of type [knn_vector] must not have a [null] value"),
            ([:], "Dimension value missing for vector: v"),
            (
                ["dimension": 16_001],
                "Validation Failed: 1: Dimension value cannot be greater than 16000 for vector with engine: faiss;"
            ),
            (
                ["dimension": 3, "data_type": "int"],
                "Invalid value provided for [data_type] field. Supported values are [binary,byte,float]"
            ),
            (
                ["dimension": 3, "space_type": "l3"],
                "Unable to find space: l3 . Valid values are: [l2, cosinesimil, l1, linf, innerproduct, hamming]"
            ),
            (["dimension": 3, "index": true], "unknown parameter [index] on mapper [v] of type [knn_vector]"),
            (
                ["dimension": 3, "mode": "fast"],
                "Unknown value [fast] for field [mode] - accepted values are [null, in_memory, on_disk]"
            ),
            (
                ["dimension": 3, "compression_level": "3x"],
                "Unknown value [3x] for field [compression_level] - accepted values are [, 1x, 2x, 4x, 8x, 16x, 32x]"
            ),
            (
                ["dimension": 12, "data_type": "binary"],
                "Validation Failed: 1: Dimension should be multiply of 8 for binary vector data type;"
            ),
            (
                ["dimension": 8, "data_type": "byte", "mode": "on_disk"],
                "Compression and mode cannot be used for non-float32 data type for field v"
            ),
            (
                ["dimension": 8, "model_id": "m", "method": ["name": "hnsw"]],
                "Method and model can not be both specified in the mapping: v"
            ),
            (
                ["model_id": "m"],
                "[model_id] [m] of vector [v] names a trained model, and Needletail trains none: use [method] with the name "
                    + "[hnsw], which needs no training"
            ),
            (
                ["model_id": "m", "space_type": "l2"],
                "TopLevel Space type and model can not be both specified in the mapping"
            ),
        ] as [(JSONValue, String)]) func parametersAreRefused(field: JSONValue, reason: String)
    {
        #expect(refusal { _ = try mapping(field) } == reason)
    }

    @Test(
        arguments: [
            ("hnsw", "Unable to parse mapping into KNNMethodContext. Object not of type \"Map\""),
            ([:], "name needs to be set"),
            (["name": "hnsw", "engine": 3], "\"engine\" must be a string"),
            (["name": "hnsw", "engine": "annoy"], "Invalid engine: annoy"),
            (["name": "hnsw", "space_type": "l3"], "Invalid space_type: l3"),
            (["name": "hnsw", "links": 3], "Invalid parameter: links"),
            (["name": "hnsw", "parameters": 3], "Unable to parse parameters for main method component"),
            (["name": "hnsw", "parameters": ["encoder": ["parameters": [:]]]], "name needs to be set"),
            (["name": "lsh"], "Validation Failed: 1: Invalid method name: lsh;"),
            (["name": "ivf"], "Validation Failed: 1: \"method\" requires training.;"),
            (
                ["name": "hnsw", "parameters": ["encoder": ["name": "pq"]]],
                "Validation Failed: 1: \"method\" requires training.;"
            ),
            (
                ["name": "hnsw", "space_type": "cosinesimil"],
                "Cannot specify conflicting space types: \"[cosinesimil]\" \"[l2]\""
            ),
            (
                ["name": "hnsw", "parameters": ["m": 0, "ef_construction": "9", "k": 1]],
                "Validation Failed: 1: value is not an instance of Integer for Integer parameter [ef_construction].;"
                    + "2: Unknown parameter 'k' found;3: parameter validation failed for Integer parameter [m].;"
            ),
            (
                ["name": "hnsw", "parameters": ["encoder": ["name": "sq", "parameters": ["clip": 1]]]],
                "Validation Failed: 1: parameter validation failed for MethodComponentContext parameter [encoder].;"
            ),
            (
                ["name": "hnsw", "engine": "lucene", "parameters": ["ef_search": 10]],
                "Validation Failed: 1: Unknown parameter 'ef_search' found;"
            ),
        ] as [(JSONValue, String)]) func methodsAreRefused(method: JSONValue, reason: String)
    {
        #expect(refusal { _ = try mapping(["dimension": 4, "space_type": "l2", "method": method]) } == reason)
    }

    @Test func enginesHaveTheirSpacesElementsAndCompressions() {
        func reason(_ engine: String, _ more: JSONObject) -> String {
            var field = more
            field["dimension"] = 8
            field["method"] = ["name": "hnsw", "engine": .string(engine)]
            return refusal { _ = try mapping(.object(field)) }
        }
        #expect(
            reason("faiss", ["space_type": "l1"])
                == "Validation Failed: 1: \"hnsw\" with \"faiss\" configuration does not support space type: \"l1\".;")
        #expect(
            reason("nmslib", ["data_type": "byte"])
                == "Validation Failed: 1: Method \"hnsw\" is not supported for vector data type \"BYTE\".;")
        #expect(
            reason("faiss", ["space_type": "hamming"])
                == "Validation Failed: 1: Space type [hamming] is not supported with [float] data type;")
        #expect(
            reason("faiss", ["compression_level": "4x"])
                == "Validation Failed: 1: \"faiss\" does not support \"4x\" compression;")
        #expect(
            reason("lucene", ["compression_level": "1x", "mode": "on_disk"])
                == "Validation Failed: 1: Cannot specify \"x1\" compression level when using \"on_disk\" mode;")
        let conflict: JSONValue = [
            "dimension": 8, "compression_level": "2x",
            "method": ["name": "hnsw", "parameters": ["encoder": ["name": "binary", "parameters": ["bits": 1]]]],
        ]
        #expect(
            refusal { _ = try mapping(conflict) }
                == "Validation Failed: 1: Cannot specify an encoder that conflicts with the provided compression level;"
        )
    }

    @Test func withoutTheSettingMethodsAreRefused() {
        let isFlat = "Cannot set modelId or method parameters when index.knn setting is false"
        #expect(
            refusal { _ = try mapping(["dimension": 3, "method": ["name": "hnsw"]], isVectorIndex: false) } == isFlat)
        #expect(refusal { _ = try mapping(["model_id": "m"], isVectorIndex: false) } == isFlat)
        #expect(
            refusal { _ = try mapping(["dimension": 3, "mode": "on_disk"], isVectorIndex: false) }
                == "Compression and mode can not be specified in a flat mapping configuration for field: v")
    }

    @Test func mappingsAreWrittenAsTheyWereGiven() throws {
        let field: JSONValue = [
            "type": "knn_vector", "store": true, "doc_values": false, "dimension": 8, "data_type": "byte",
            "meta": ["a": "b"],
            "method": [
                "name": "hnsw", "engine": "lucene", "space_type": "l2", "parameters": ["m": 8, "ef_construction": 9],
            ],
            "space_type": "l2",
        ]
        let read = try Mapping(parsing: ["properties": ["v": field]], context: Self.context())
        #expect(read.json["properties"]?["v"] == field)
        let given: JSONValue = ["type": "knn_vector", "dimension": 8, "data_type": "float", "space_type": "undefined"]
        #expect(try mapping(given).json["properties"]?["v"] == ["type": "knn_vector", "dimension": 8])
    }

    @Test func whatMayChange() throws {
        let first = try mapping([
            "dimension": 8, "method": ["name": "hnsw", "parameters": ["m": 8]], "meta": ["a": "b"],
        ])
        func change(_ field: JSONObject) -> String {
            var field = field
            field["type"] = "knn_vector"
            return refusal { _ = try first.merging(["properties": ["v": .object(field)]]) }
        }
        // The same method with its defaults written out is no change.
        #expect(
            change([
                "dimension": 8,
                "method": ["parameters": ["m": 8], "name": "hnsw", "engine": "faiss", "space_type": "l2"],
            ]) == "no error")
        #expect(
            change(["dimension": 9, "method": ["name": "hnsw", "parameters": ["m": 9]], "space_type": "l2"])
                == "Mapper for [v] conflicts with existing mapper:\n\tCannot update parameter [dimension] from [8] to [9]"
                + "\n\tCannot update parameter [method] from [hnsw] to [hnsw]"
                + "\n\tCannot update parameter [space_type] from [undefined] to [l2]")
        #expect(
            change(["dimension": 8])
                == "Mapper for [v] conflicts with existing mapper:\n\tCannot update parameter [method] from [hnsw] to [null]"
        )
    }
}

/// The reason of a mapping's error; without OpenSearch's words around the whole mapping.
func refusal(_ body: () throws -> Void) -> String {
    do { try body() } catch let error as MappingError { return (error.cause ?? error).reason } catch {
        return "\(error)"
    }
    return "no error"
}
