import JSON
import Ingest
import Pipelines
import Testing

/// Processors of single fields against the examples and texts of OpenSearch.
struct FieldProcessorTests {
    /// A processor, a source, and the source behind it or the failure.
    struct Example: Sendable, CustomTestStringConvertible {
        let processor: String
        let source: String
        let expected: String
        var testDescription: String { processor }

        init(_ processor: String, _ source: String, _ expected: String) {
            (self.processor, self.source, self.expected) = (processor, source, expected)
        }
    }

    private static let iae = "illegal_argument_exception: "

    static let fields: [Example] = [
        .init(#"{"set":{"field":"a.b","value":1}}"#, #"{}"#, #"{"a":{"b":1}}"#),
        .init(#"{"set":{"field":"a","value":2,"override":false}}"#, #"{"a":1}"#, #"{"a":1}"#),
        .init(#"{"set":{"field":"a","value":2,"override":false}}"#, #"{"a":null}"#, #"{"a":2}"#),
        .init(
            #"{"set":{"field":"b","value":"{{a}}-{{_index}}-{{_id}}"}}"#, #"{"a":"x"}"#, #"{"a":"x","b":"x-books-1"}"#),
        .init(#"{"set":{"field":"b","value":"{{a}}","ignore_empty_value":true}}"#, #"{}"#, #"{}"#),
        .init(#"{"set":{"field":"t","value":"{{_ingest.timestamp}}"}}"#, #"{}"#, #"{"t":"2026-11-21T22:30:00.123Z"}"#),
        .init(
            #"{"set":{"field":"{{n}}","value":{"{{n}}":["{{n}}",1]}}}"#, #"{"n":"k"}"#, #"{"n":"k","k":{"k":["k",1]}}"#),
        .init(#"{"set":{"field":"l.1","value":"z"}}"#, #"{"l":["a","b"]}"#, #"{"l":["a","z"]}"#),
        .init(
            #"{"set":{"field":"l.2","value":"z"}}"#, #"{"l":["a","b"]}"#,
            iae + "[2] is out of bounds for array with length [2] as part of path [l.2]"),
        .init(
            #"{"set":{"field":"a.b","value":1}}"#, #"{"a":"x"}"#,
            iae + "cannot set [b] with parent object of type [java.lang.String] as part of path [a.b]"),
        .init(#"{"append":{"field":"t","value":["b","c"]}}"#, #"{"t":"a"}"#, #"{"t":["a","b","c"]}"#),
        .init(#"{"append":{"field":"t","value":"a"}}"#, #"{}"#, #"{"t":["a"]}"#),
        .init(
            #"{"append":{"field":"t","value":["a","b"],"allow_duplicates":false}}"#, #"{"t":["a"]}"#,
            #"{"t":["a","b"]}"#),
        .init(#"{"append":{"field":"t","value":"a","allow_duplicates":false}}"#, #"{"t":"a"}"#, #"{"t":"a"}"#),
        .init(#"{"remove":{"field":["a","b.c"]}}"#, #"{"a":1,"b":{"c":2,"d":3}}"#, #"{"b":{"d":3}}"#),
        .init(#"{"remove":{"field":"x"}}"#, #"{}"#, iae + "field [x] doesn't exist"),
        .init(#"{"remove":{"field":"x","ignore_missing":true}}"#, #"{"a":1}"#, #"{"a":1}"#),
        .init(#"{"remove":{"field":"_index"}}"#, #"{}"#, iae + "cannot remove metadata field [_index]"),
        .init(#"{"remove":{"exclude_field":["a"]}}"#, #"{"a":1,"b":2}"#, #"{"a":1}"#),
        .init(#"{"remove_by_pattern":{"field_pattern":"x*"}}"#, #"{"x1":1,"x2":2,"y":3}"#, #"{"y":3}"#),
        .init(#"{"rename":{"field":"a","target_field":"b.c"}}"#, #"{"a":1}"#, #"{"b":{"c":1}}"#),
        .init(#"{"rename":{"field":"a","target_field":"b"}}"#, #"{"a":1,"b":2}"#, iae + "field [b] already exists"),
        .init(#"{"rename":{"field":"a","target_field":"b"}}"#, #"{}"#, iae + "field [a] doesn't exist"),
        .init(#"{"copy":{"source_field":"a","target_field":"b"}}"#, #"{"a":{"x":1}}"#, #"{"a":{"x":1},"b":{"x":1}}"#),
        .init(
            #"{"copy":{"source_field":"a","target_field":"b","remove_source":true}}"#, #"{"a":1}"#, #"{"b":1}"#),
        .init(
            #"{"copy":{"source_field":"a","target_field":"a"}}"#, #"{"a":1}"#,
            iae + "source field path and target field path cannot be same"),
        .init(#"{"dot_expander":{"field":"foo.bar"}}"#, #"{"foo.bar":"v"}"#, #"{"foo":{"bar":"v"}}"#),
        .init(
            #"{"dot_expander":{"field":"foo.bar"}}"#, #"{"foo.bar":"v2","foo":{"bar":"v1"}}"#,
            #"{"foo":{"bar":["v1","v2"]}}"#),
        .init(
            #"{"dot_expander":{"field":"foo.bar"}}"#, #"{"foo.bar":"v2","foo":"v1"}"#,
            iae + "cannot expend [foo.bar], because [foo] is not an object field, but a value field"),
    ]

    static let texts: [Example] = [
        .init(#"{"lowercase":{"field":"a"}}"#, #"{"a":["AB","Cd"]}"#, #"{"a":["ab","cd"]}"#),
        .init(#"{"uppercase":{"field":"a","target_field":"b"}}"#, #"{"a":"ab"}"#, #"{"a":"ab","b":"AB"}"#),
        .init(#"{"trim":{"field":"a"}}"#, #"{"a":"\t x y \n"}"#, #"{"a":"x y"}"#),
        .init(#"{"trim":{"field":"a"}}"#, #"{"a":null}"#, iae + "field [a] is null, cannot process it."),
        .init(
            #"{"trim":{"field":"a"}}"#, #"{"a":1}"#,
            iae + "field [a] of type [java.lang.Integer] cannot be cast to [java.lang.String]"),
        .init(#"{"trim":{"field":"a"}}"#, #"{}"#, iae + "field [a] not present as part of path [a]"),
        .init(
            #"{"html_strip":{"field":"a"}}"#, #"{"a":"<p>This <b>is</b> a test.</p>"}"#, #"{"a":"\nThis is a test.\n"}"#
        ),
        .init(#"{"html_strip":{"field":"a"}}"#, #"{"a":"a &amp; b"}"#, #"{"a":"a &amp; b"}"#),
        .init(#"{"urldecode":{"field":"a"}}"#, #"{"a":"Hello%20G%C3%BCnter+x"}"#, #"{"a":"Hello Günter x"}"#),
        .init(
            #"{"urldecode":{"field":"a"}}"#, #"{"a":"x%2"}"#, iae + "URLDecoder: Incomplete trailing escape (%) pattern"
        ),
        .init(#"{"bytes":{"field":"a"}}"#, #"{"a":["1kb","10mb","1.5kb","8b"]}"#, #"{"a":[1024,10485760,1536,8]}"#),
        .init(
            #"{"bytes":{"field":"a"}}"#, #"{"a":"8912pbxx"}"#,
            "parse_exception: failed to parse setting [a] with value [8912pbxx] as a size in bytes: unit is missing or unrecognized"
        ),
        .init(
            #"{"gsub":{"field":"a","pattern":"\\.","replacement":"-"}}"#, #"{"a":"127.0.0.1"}"#, #"{"a":"127-0-0-1"}"#),
        .init(
            #"{"gsub":{"field":"a","pattern":"(\\w+)@(\\w+)","replacement":"$2 at $1"}}"#, #"{"a":"me@here"}"#,
            #"{"a":"here at me"}"#),
        .init(#"{"split":{"field":"a","separator":"\\."}}"#, #"{"a":"127.0.0.1"}"#, #"{"a":["127","0","0","1"]}"#),
        .init(#"{"split":{"field":"a","separator":","}}"#, #"{"a":"A,,B,,"}"#, #"{"a":["A","","B"]}"#),
        .init(
            #"{"split":{"field":"a","separator":",","preserve_trailing":true}}"#, #"{"a":"A,,B,,"}"#,
            #"{"a":["A","","B","",""]}"#),
        .init(#"{"join":{"field":"a","separator":"-"}}"#, #"{"a":[1,"b",true,2.5]}"#, #"{"a":"1-b-true-2.5"}"#),
        .init(
            #"{"join":{"field":"a","separator":"-"}}"#, #"{"a":"b"}"#,
            iae + "field [a] of type [java.lang.String] cannot be cast to [java.util.List]"),
        .init(#"{"sort":{"field":"a","order":"desc"}}"#, #"{"a":[3,1,2.5]}"#, #"{"a":[3,2.5,1]}"#),
        .init(#"{"sort":{"field":"a"}}"#, #"{"a":["b","B","a"]}"#, #"{"a":["B","a","b"]}"#),
        .init(
            #"{"json":{"field":"a","target_field":"b"}}"#, #"{"a":"{\"x\":[1,2]}"}"#,
            #"{"a":"{\"x\":[1,2]}","b":{"x":[1,2]}}"#),
        .init(#"{"json":{"field":"a","add_to_root":true}}"#, #"{"a":"{\"x\":1}"}"#, #"{"a":"{\"x\":1}","x":1}"#),
        .init(
            #"{"json":{"field":"a","add_to_root":true}}"#, #"{"a":"[1]"}"#,
            iae + "cannot add non-map fields to root of document"),
        .init(#"{"convert":{"field":"a","type":"integer"}}"#, #"{"a":["1","0x1F","-3"]}"#, #"{"a":[1,31,-3]}"#),
        .init(
            #"{"convert":{"field":"a","type":"integer"}}"#, #"{"a":"1.5"}"#, iae + "unable to convert [1.5] to integer"),
        .init(
            #"{"convert":{"field":"a","type":"integer"}}"#, #"{"a":"3000000000"}"#,
            iae + "unable to convert [3000000000] to integer"),
        .init(#"{"convert":{"field":"a","type":"long"}}"#, #"{"a":"3000000000"}"#, #"{"a":3000000000}"#),
        .init(#"{"convert":{"field":"a","type":"float"}}"#, #"{"a":"1.1"}"#, #"{"a":1.1}"#),
        .init(#"{"convert":{"field":"a","type":"boolean"}}"#, #"{"a":"TRUE"}"#, #"{"a":true}"#),
        .init(
            #"{"convert":{"field":"a","type":"boolean"}}"#, #"{"a":"yes"}"#,
            iae + "[yes] is not a boolean value, cannot convert to boolean"),
        .init(#"{"convert":{"field":"a","type":"string"}}"#, #"{"a":[1,2.0,null]}"#, #"{"a":["1","2.0","null"]}"#),
        .init(
            #"{"convert":{"field":"a","type":"auto"}}"#, #"{"a":["true","12","1.5","x"]}"#, #"{"a":[true,12,1.5,"x"]}"#),
        .init(
            #"{"convert":{"field":"a","type":"double"}}"#, #"{"a":null}"#,
            iae + "Field [a] is null, cannot be converted to type [double]"),
    ]

    @Test("Fields are set, moved and removed as in OpenSearch", arguments: fields)
    func fieldProcessors(_ example: Example) async throws { try await check(example) }

    @Test("Texts and lists are changed as in OpenSearch", arguments: texts)
    func textProcessors(_ example: Example) async throws { try await check(example) }

    private func check(_ example: Example) async throws {
        let found = try await Simulation.one(example.processor, example.source)
        let expected = (try? JSONValue(parsing: example.expected)) ?? .string(example.expected)
        #expect(found == expected, "\(found)")
    }

    @Test("Settings that are missing, of the wrong type or unknown are named with their processor")
    func definitions() {
        let missing = Simulation.fault(#"{"set":{"tag":"t","value":1}}"#)
        #expect(missing?.type == "parse_exception" && missing?.reason == "[field] required property is missing")
        #expect(missing?.details.map(\.value) == ["set", "t", "field"])
        #expect(
            Simulation.fault(#"{"trim":{"field":1}}"#)?.reason
                == "[field] property isn't a string, but of type [java.lang.Integer]")
        #expect(
            Simulation.fault(#"{"trim":{"field":"a","x":1,"b":2}}"#)?.reason
                == "processor [trim] doesn't support one or more provided configuration parameters [b, x]")
        #expect(Simulation.fault(#"{"nothing":{}}"#)?.reason == "No processor type exists with name [nothing]")
        #expect(
            Simulation.fault(#"{"convert":{"field":"a","type":"date"}}"#)?.reason
                == "[type] type [date] not supported, cannot convert field.")
        #expect(
            Simulation.fault(#"{"trim":{"field":"a","on_failure":[]}}"#)?.reason
                == "[on_failure] processors list cannot be empty")
        #expect(
            Simulation.fault(#"{"set":{"field":"a","value":"{{#x}}"}}"#)?.reason.hasPrefix(
                "[value] template cannot be read") == true)
        #expect(
            Simulation.fault(#"{"set":{"field":"a","value":1,"if":"try {} catch (Exception e) {}"}}"#)?.type
                == "script_exception")
    }
}
