import JSON
import Testing
import Workflows

/// The intrinsic functions, with the examples of the specification and of Step Functions' documentation.
struct IntrinsicTests {
    private static let input = """
        {"Id": 123456, "inputArray": [1,2,3,4,5,6,7,8,9], "lookingFor": 5, "index": 5, "dupes": [1,2,3,3,3,3,3,3,4],
         "input": "Data to encode", "base64": "RGF0YSB0byBlbmNvZGU=", "Data": "input data", "Algorithm": "SHA-1",
         "json1": {"a": {"a1": 1, "a2": 2}, "b": 2}, "json2": {"a": {"a3": 1, "a4": 2}, "c": 3}, "value1": 111, "step": -1,
         "inputString": "1,2,3,4,5", "several": "This.is+a,test=string", "splitter": ".+,=", "name": "Arnav",
         "template": "Hello, my name is {}.", "escaped": "{\\"foo\\": \\"bar\\"}", "object": {"foo": "bar"}, "nothing": null,
         "arn": "arn:aws:x:1:2:image/name/1.0.2"}
        """

    private func value(of call: String) async throws -> JSONValue? {
        try await output(
            ofState: #""Type": "Pass", "Parameters": {"made.$": \#(JSONValue.string(call))}"#, json(Self.input))["made"]
    }

    @Test(
        "A function gives what the documentation says",
        arguments: [
            ("States.Array($.Id)", "[123456]"), ("States.Array()", "[]"),
            ("States.Array('a', 1, 2.5, true, null, $.object)", #"["a",1,2.5,true,null,{"foo":"bar"}]"#),
            ("States.ArrayPartition($.inputArray,4)", "[[1,2,3,4],[5,6,7,8],[9]]"),
            ("States.ArrayPartition(States.Array(), 2)", "[]"),
            ("States.ArrayPartition($.inputArray, 9223372036854775807)", "[[1,2,3,4,5,6,7,8,9]]"),
            ("States.ArrayContains($.inputArray, $.lookingFor)", "true"),
            ("States.ArrayContains($.inputArray, 42)", "false"),
            ("States.ArrayRange(1, 9, 2)", "[1,3,5,7,9]"), ("States.ArrayRange(5, 1, -2)", "[5,3,1]"),
            ("States.ArrayRange(1, 5, -1)", "[]"), ("States.ArrayLength(States.ArrayRange(1, 1000, 1))", "1000"),
            ("States.ArrayGetItem($.inputArray, $.index)", "6"), ("States.ArrayLength($.inputArray)", "9"),
            ("States.ArrayUnique($.dupes)", "[1,2,3,4]"), ("States.Base64Encode($.input)", #""RGF0YSB0byBlbmNvZGU=""#),
            ("States.Base64Decode($.base64)", #""Data to encode""#),
            ("States.Hash($.Data, $.Algorithm)", #""aaff4a450a104cd177d28d18d74485e8cae074b7""#),
            ("States.JsonMerge($.json1, $.json2, false)", #"{"a":{"a3":1,"a4":2},"b":2,"c":3}"#),
            ("States.StringToJson($.escaped)", #"{"foo":"bar"}"#),
            ("States.JsonToString($.object)", #""{\"foo\":\"bar\"}""#), ("States.MathAdd($.value1, $.step)", "110"),
            ("States.StringSplit($.inputString, ',')", #"["1","2","3","4","5"]"#),
            ("States.StringSplit($.several, $.splitter)", #"["This","is","a","test","string"]"#),
            ("States.StringSplit(',,a,,b,', ',')", #"["a","b"]"#),
            ("States.Format('Hello, my name is {}.', $.name)", #""Hello, my name is Arnav.""#),
            ("States.Format($.template, $.name)", #""Hello, my name is Arnav.""#),
            ("States.Format('{} {} {} {}', 1, true, $.nothing, $.object)", #""1 true null {\"foo\":\"bar\"}""#),
            (#"States.Format('\{{}\} isn\'t \\', 1)"#, #""{1} isn't \\""#),
            (#"States.JsonToString(States.Array('\{\}', '\\'))"#, #""[\"{}\",\"\\\\\"]""#),
            (
                """
                States.Format('{}.{}.{}', States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit($.arn, '/'), 2), '.'), 0), \
                'x', States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit($.arn, '/'), 2), '.'), 1))
                """, #""1.x.0""#
            ),
            ("States.Format('{}', $$.State.Name)", #""Only""#),
        ])
    func documented(call: String, expected: String) async throws {
        #expect(try await value(of: call)?.serialized() == expected)
    }

    /// RFC 1321, appendix A.5, and the examples that NIST publishes for FIPS 180-4; 112 bytes need a second block.
    @Test(
        "Digests are those of the standards",
        arguments: [
            ("MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"), ("MD5", "", "d41d8cd98f00b204e9800998ecf8427e"),
            (
                "MD5", "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
            ("SHA-1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA-256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "SHA-384", "abc",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                "SHA-512", "abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                    + "454d4423643ce80e2a9ac94fa54ca49f"
            ),
            (
                "SHA-512",
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a"
                    + "c7d329eeb6dd26545e96e55b874be909"
            ),
        ])
    func digests(algorithm: String, text: String, expected: String) async throws {
        #expect(try await value(of: "States.Hash('\(text)', '\(algorithm)')")?.string == expected)
    }

    @Test("Random numbers lie in their range, and a seed repeats them; UUIDs are of version 4")
    func random() async throws {
        for _ in 0..<20 {
            let number = try #require(try await value(of: "States.MathRandom(1, 3)")?.int)
            #expect(number == 1 || number == 2)
        }
        let seeded = try await value(of: "States.MathRandom(1, 1000000, 7)")
        #expect(try await value(of: "States.MathRandom(1, 1000000, 7)") == seeded)
        let uuid = try #require(try await value(of: "States.UUID()")?.string)
        let parts = uuid.split(separator: "-")
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
        #expect(parts[2].first == "4")
        #expect("89ab".contains(parts[3].first ?? " "))
        #expect(uuid.allSatisfy { $0 == "-" || ($0.isHexDigit && !$0.isUppercase) })
    }

    @Test(
        "A function that cannot be applied fails with States.IntrinsicFailure",
        arguments: [
            "States.ArrayPartition($.inputArray, 0)", "States.ArrayPartition($.Id, 2)",
            "States.ArrayGetItem($.inputArray, 9)",
            "States.ArrayGetItem($.inputArray, -1)", "States.ArrayRange(1, 1001, 1)", "States.ArrayRange(1, 5, 0)",
            "States.Hash('a', 'CRC')", "States.JsonMerge($.json1, $.json2, true)",
            "States.JsonMerge($.json1, 1, false)",
            "States.StringToJson('{')", "States.Base64Decode('?')", "States.MathRandom(3, 3)", "States.MathAdd('a', 1)",
            "States.Format('{}')", "States.Format('{}', 1, 2)", "States.MathAdd(9223372036854775807, 1)",
            "States.Base64Encode(States.Format('{}{}', States.JsonToString(States.ArrayRange(1, 1000, 1)), States.JsonToString("
                + "States.Array(States.ArrayRange(1, 1000, 1), States.ArrayRange(1, 1000, 1)))))",
        ])
    func failing(call: String) async throws {
        let outcome = try await run(
            #"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"m.$": \#(JSONValue.string(call))}, "End": true}}}"#,
            json(Self.input))
        guard case .failed(let error, _) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(error == "States.IntrinsicFailure")
    }

    @Test(
        "A call that cannot be read is refused",
        arguments: [
            ("States.Nothing()", "'States.Nothing' is no intrinsic function"), ("States.Array(1", "')' is expected"),
            ("States.MathAdd(1)", "takes 2 arguments and is given 1"), ("States.UUID(1)", "takes 0 arguments"),
            ("States.MathRandom(1)", "takes 2 to 3 arguments"), ("States.Array('a)", "the quote is not closed"),
            ("States.Array(\"a\")", "single quotes"), (#"States.Array('\n')"#, "a backslash comes before"),
            ("States.UUID() x", "the end is expected"), ("plain text", "is no intrinsic function"),
            ("", "is no intrinsic function"),
            (
                String(repeating: "States.Array(", count: 11) + String(repeating: ")", count: 11),
                "nested more than 10 deep"
            ),
        ])
    func refusing(call: String, reason: String) throws {
        let document =
            #"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"x": [{"m.$": \#(JSONValue.string(call))}]}, "End": true}}}"#
        let error = try #require(throws: WorkflowError.self) { try StateMachine(definition: document) }
        #expect(error.faults.map(\.place) == ["States.P.Parameters.x[0].m.$"])
        #expect(error.description.contains(reason), "\(error)")
    }
}
