import JSON
import Mappings
import Testing

@Suite struct MappingJSONTests {
    private func mapping(_ json: JSONValue) throws -> Mapping { try Mapping(parsing: json) }

    private func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch let error as MappingError { return error.reason } catch { return "\(error)" }
        return "no error"
    }

    @Test func emptyMappingIsAnEmptyObject() throws {
        #expect(try mapping([:]).json == [:])
        #expect(Mapping.empty.json == [:])
    }

    @Test func defaultsAreLeftOutAndNamesAreSorted() throws {
        let read = try mapping([
            "dynamic": false,
            "properties": [
                "year": ["type": "integer", "index": true, "coerce": true],
                "director": ["type": "text", "analyzer": "english", "fields": ["raw": ["type": "keyword"]]],
                "place": ["type": "ip", "ignore_malformed": "true"],
            ],
        ])
        let expected: JSONValue = [
            "dynamic": "false",
            "properties": [
                "director": ["type": "text", "fields": ["raw": ["type": "keyword"]], "analyzer": "english"],
                "place": ["type": "ip", "ignore_malformed": true],
                "year": ["type": "integer", "coerce": true],
            ],
        ]
        #expect(read.json == expected)
        #expect(read.json["properties"]?.object?.keys == ["director", "place", "year"])
    }

    @Test func dottedNamesMakeObjects() throws {
        let read = try mapping(["properties": ["a.b.c": ["type": "long"], "a.d": ["type": "keyword"]]])
        #expect(
            read.json == [
                "properties": [
                    "a": ["properties": ["b": ["properties": ["c": ["type": "long"]]], "d": ["type": "keyword"]]]
                ]
            ])
        #expect(read.field("a.b.c")?.kind == .long)
    }

    @Test func everythingThatIsWrittenIsReadAgain() throws {
        let read = try mapping([
            "dynamic": "strict", "_meta": ["version": 3], "_source": ["excludes": ["secret.*"]],
            "_routing": ["required": true], "date_detection": false, "numeric_detection": true,
            "dynamic_date_formats": ["yyyy/MM/dd"],
            "dynamic_templates": [["strings": ["match_mapping_type": "string", "mapping": ["type": "keyword"]]]],
            "properties": [
                "n": ["type": "nested", "include_in_root": true, "properties": ["x": ["type": "double"]]],
                "o": ["type": "object", "enabled": false], "s": ["type": "scaled_float", "scaling_factor": 100],
                "d": ["type": "date", "format": "yyyy-MM-dd||epoch_second"], "f": ["type": "flat_object"],
                "al": ["type": "alias", "path": "d"], "v": ["type": "knn_vector", "dimension": 3],
                "c": ["type": "keyword", "copy_to": "n2", "null_value": "none", "ignore_above": 10],
                "n2": ["type": "text", "norms": false, "search_analyzer": "simple"],
            ],
        ])
        let again = try mapping(read.json)
        #expect(again.json == read.json)
        #expect(read.json["properties"]?["n2"]?["analyzer"] == "default")
        #expect(read.field("al")?.name == "d")
        #expect(read.field("n.x")?.nestedPath == "n")
    }

    @Test func fieldsKeepTheirNumbers() throws {
        let first = try mapping(["properties": ["b": ["type": "long"], "c": ["type": "text"]]])
        let second = try first.merging(["properties": ["a": ["type": "long"]]])
        #expect(second.field("b")?.number == first.field("b")?.number)
        #expect(second.field("c")?.number == first.field("c")?.number)
        let again = try Mapping(parsing: second.json, fieldNames: second.fieldNames)
        #expect(again.field("a")?.number == second.field("a")?.number)
        #expect(Set(second.fields.map(\.number)).count == 3)
    }

    @Test func unknownThingsAreRefusedInOpenSearchsWords() {
        #expect(
            reason { _ = try mapping(["properties": ["a": ["type": "strange"]]]) }
                == "Failed to parse mapping [_doc]: No handler for type [strange] declared on field [a]")
        #expect(
            reason { _ = try mapping(["properties": ["a": ["type": "long", "analyzer": "x"]]]) }
                == "Failed to parse mapping [_doc]: unknown parameter [analyzer] on mapper [a] of type [long]")
        #expect(
            reason { _ = try mapping(["foo": "bar"]) }
                == "Failed to parse mapping [_doc]: Root mapping definition has unsupported parameters:  [foo : bar]")
        #expect(
            reason { _ = try mapping(["properties": ["a": ["index": false]]]) }
                == "Failed to parse mapping [_doc]: No type specified for field [a]")
        #expect(
            reason { _ = try mapping(["properties": ["a": ["type": "alias", "path": "b"]]]) }.hasSuffix(
                "Invalid [path] value [b] for field alias [a]: an alias must refer to an existing field in the mappings."
            ))
        let analyzers = MappingContext(hasAnalyzer: { $0 == "default" })
        #expect(
            reason {
                _ = try Mapping(
                    parsing: ["properties": ["a": ["type": "text", "analyzer": "foo"]]], context: analyzers)
            } == "Failed to parse mapping [_doc]: analyzer [foo] has not been configured in mappings")
    }

    @Test func changesThatCannotBeAreRefused() throws {
        let base = try mapping([
            "properties": [
                "a": ["type": "long"], "t": ["type": "text", "analyzer": "standard"],
                "o": ["properties": ["x": ["type": "long"]]], "n": ["type": "nested"],
            ]
        ])
        #expect(
            reason { _ = try base.merging(["properties": ["a": ["type": "text"]]]) }
                == "mapper [a] cannot be changed from type [long] to [text]")
        #expect(
            reason { _ = try base.merging(["properties": ["t": ["type": "text", "analyzer": "english"]]]) }
                == "Mapper for [t] conflicts with existing mapper:\n\t"
                + "Cannot update parameter [analyzer] from [standard] to [english]")
        #expect(
            reason { _ = try base.merging(["properties": ["o": ["type": "long"]]]) }
                == "can't merge a non object mapping [o] with an object mapping")
        #expect(
            reason { _ = try base.merging(["properties": ["a": ["properties": ["y": ["type": "long"]]]]]) }
                == "mapper [a] cannot be changed from type [long] to [ObjectMapper]")
        #expect(
            reason { _ = try base.merging(["properties": ["o": ["type": "nested"]]]) }
                == "cannot change object mapping from non-nested to nested")
        let merged = try base.merging([
            "dynamic": "strict",
            "properties": ["a": ["type": "long", "ignore_malformed": true], "z": ["type": "keyword"]],
        ])
        #expect(merged.json["properties"]?["a"]?["ignore_malformed"] == true)
        #expect(merged.json["dynamic"] == "strict")
        #expect(merged.field("z") != nil)
    }

    @Test func limitsHold() {
        var many: [(key: String, value: JSONValue)] = []
        for index in 0..<1001 { many.append(("f\(index)", ["type": "long"])) }
        let properties = JSONValue.object(JSONObject(many))
        #expect(
            reason { _ = try mapping(["properties": properties]) }
                == "Limit of total fields [1000] has been exceeded")
        let deep = (0..<25).map { "o\($0)" }.joined(separator: ".")
        #expect(
            reason { _ = try mapping(["properties": .object([deep: ["type": "long"]])]) }.hasPrefix(
                "Limit of mapping depth [20] has been exceeded due to object field ["))
    }

    @Test func everyTypeIsReadAndWritten() throws {
        let needed: [FieldKind: JSONValue] = [
            .alias: ["type": "alias", "path": "target"],
            .scaledFloat: ["type": "scaled_float", "scaling_factor": 10],
            .tokenCount: ["type": "token_count", "analyzer": "standard"],
            .constantKeyword: ["type": "constant_keyword", "value": "v"],
            .knnVector: ["type": "knn_vector", "dimension": 8], .semantic: ["type": "semantic", "model_id": "m"],
            .sparseVector: ["type": "sparse_vector", "method": ["name": "seismic"]],
        ]
        for kind in FieldKind.allCases {
            let field = needed[kind] ?? ["type": .string(kind.rawValue)]
            let read = try mapping(["properties": ["target": ["type": "long"], "f": field]])
            #expect(read.json["properties"]?["f"] == field, "\(kind)")
        }
    }
}
