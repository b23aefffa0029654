import JSON
import Testing
import Workflows

/// What paths select; the store is the example of Goessner's article on JSONPath, which Jayway's documentation repeats.
struct PathTests {
    private static let store = """
        {"store": {"book": [
           {"category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95},
           {"category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99},
           {"category": "fiction", "author": "Herman Melville", "title": "Moby Dick", "isbn": "0-553-21311-3", "price": 8.99},
           {"category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings", "isbn": "0-395-19395-8",
            "price": 22.99}],
          "bicycle": {"color": "red", "price": 19.95}}, "expensive": 10, "a b": {"c.d": 1}, "none": null}
        """

    @Test(
        "A path selects what Jayway's does",
        arguments: [
            ("$.expensive", "10"), ("$['expensive']", "10"), (#"$["a b"]['c.d']"#, "1"), ("$.none", "null"),
            ("$.store.book[0].title", #""Sayings of the Century""#), ("$.store.book[-1].price", "22.99"),
            (
                "$.store.book[*].author",
                #"["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]"#
            ),
            ("$..author", #"["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]"#),
            ("$.store..price", "[8.95,12.99,8.99,22.99,19.95]"), ("$..book[2].title", #"["Moby Dick"]"#),
            ("$..book[0,1].price", "[8.95,12.99]"), ("$..book[:2].price", "[8.95,12.99]"),
            ("$..book[1:2].price", "[12.99]"), ("$..book[-2:].price", "[8.99,22.99]"),
            ("$..book[2:].price", "[8.99,22.99]"), ("$.store.book[0:4:2].price", "[8.95,8.99]"),
            ("$..book[?(@.isbn)].price", "[8.99,22.99]"), ("$.store.book[?(@.price < 10)].price", "[8.95,8.99]"),
            ("$..book[?(@.price <= $['expensive'])].price", "[8.95,8.99]"),
            ("$.store.book[?(@.category == 'fiction' && @.price < 10)].title", #"["Moby Dick"]"#),
            ("$.store.book[?(!@.isbn || @.price > 20)].price", "[8.95,12.99,22.99]"),
            ("$.store.book[?((@.price < 9 || @.price > 20) && @.isbn)].price", "[8.99,22.99]"),
            ("$.store.book[?(@.category != \"fiction\")].price", "[8.95]"),
            ("$.store.book[?(@.price == 8.95)].price", "[8.95]"),
            ("$.store.bicycle.*", #"["red",19.95]"#), ("$.store.bicycle['color','price']", #"["red",19.95]"#),
            ("$..book.length()", "1"), ("$.store.book.length()", "4"), ("$.store.bicycle.color.length()", "3"),
            ("$.store.book[?(@.price > 100)]", "[]"), ("$.store.book[9:]", "[]"), ("$..nothing", "[]"),
        ])
    func selecting(path: String, expected: String) async throws {
        let made = try await output(
            ofState: #""Type": "Pass", "Parameters": {"found.$": \#(JSONValue.string(path))}"#, json(Self.store))
        #expect(made["found"]?.serialized() == expected)
    }

    @Test(
        "A definite path that meets nothing is an error",
        arguments: [
            "$.absent", "$.store.book[4]", "$.store.book.title", "$.expensive.x", "$.expensive.length()", "$.none.a",
        ])
    func missing(path: String) async throws {
        let outcome = try await run(
            #"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"found.$": "\#(path)"}, "End": true}}}"#,
            json(Self.store))
        guard case .failed(let error, _) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(error == "States.ParameterPathFailure")
    }

    @Test(
        "A text that is no path is refused with its place",
        arguments: [
            ("$.", "a name or '*' is expected at character 3"), ("$a", "variables are not supported"),
            ("$.a[", "is expected at character 5"), ("$.a[1", "']' is expected at character 6"),
            ("$.a['b]", "the quote is not closed"), ("$.a b", "a '.' or '[' is expected at character 4"),
            ("$.a[?(@.b >)]", "a value is expected at character 12"), ("$.a[?(1)]", "a comparison is expected"),
            ("$.a[0:4:0]", "the step of a slice is positive"), ("$.a[?(@.b == 'c')", "']' is expected"),
            ("$.a[99999999999999999999]", "is no position"), ("$..", "a name or '*' is expected"),
            ("$.a.length()x", "a '.' or '[' is expected"),
            (
                "$.a[?(" + String(repeating: "(", count: 100) + "@.b" + String(repeating: ")", count: 100) + ")]",
                "too deeply"
            ),
            ("$.a[?(" + String(repeating: "!", count: 100) + "@.b)]", "too deeply"),
        ])
    func refusing(path: String, reason: String) throws {
        let document =
            #"{"StartAt": "P", "States": {"P": {"Type": "Pass", "InputPath": \#(JSONValue.string(path)), "End": true}}}"#
        let error = try #require(throws: WorkflowError.self) { try StateMachine(definition: document) }
        #expect(error.faults.count == 1)
        #expect(error.faults.first?.place == "States.P.InputPath")
        #expect(error.description.contains(reason), "\(error)")
    }
}
