import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Stored scripts, and searches written in Mustache.
struct SearchTemplateTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    /// What a template whose output is a JSON object becomes.
    private func rendered(_ source: String, _ parameters: String) async throws -> TestNode.Answer {
        let source = JSONValue.string(source).serialized()
        return try await node.ask(.post, "/_render/template", #"{"source":\#(source),"params":\#(parameters)}"#)
    }

    @Test(arguments: [
        (#"{"a":"{{x}}"}"#, #"{"x":"quote \" and \\"}"#, #"{"a":"quote \" and \\"}"#),
        (#"{"a":{{x.y.1}},"n":{{x.y.size}}}"#, #"{"x":{"y":[5,6,7]}}"#, #"{"a":6,"n":3}"#),
        (#"{"a":"{{none}}{{^none}}default{{/none}}"}"#, #"{}"#, #"{"a":"default"}"#),
        (#"{"a":"{{x}}{{^x}}default{{/x}}"}"#, #"{"x":"set"}"#, #"{"a":"set"}"#),
        (#"{"a":{{#toJson}}x{{/toJson}}}"#, #"{"x":{"k":["v",1]}}"#, #"{"a":{"k":["v",1]}}"#),
        (#"{"a":"{{#join}}x{{/join}}"}"#, #"{"x":["p","q\"r"]}"#, #"{"a":"p,q\"r"}"#),
        (
            #"{"a":"{{#join delimiter='||'}}x{{/join delimiter='||'}}"}"#, #"{"x":[1,2]}"#,
            #"{"a":"1||2"}"#
        ),
        (#"{"a":"{{#url}}{{x}}/é{{/url}}"}"#, #"{"x":"a b&c"}"#, #"{"a":"a+b%26c%2F%C3%A9"}"#),
        (#"{"a":[0{{#x}},{{n}}{{outer}}{{/x}}]}"#, #"{"x":[{"n":1},{"n":2}],"outer":5}"#, #"{"a":[0,15,25]}"#),
        (#"{"a":"{{#x}}<{{.}}>{{/x}}"}"#, #"{"x":["p","q"]}"#, #"{"a":"<p><q>"}"#),
        (#"{"a":[{{#x}}1{{/x}}{{#y}}2{{/y}}{{#z}}3{{/z}}]}"#, #"{"x":0,"y":"","z":[]}"#, #"{"a":[1]}"#),
        (#"{{! said }}{"a":{{{x}}},"b":{{&y}}}"#, #"{"x":"[\"raw\"]","y":"{}"}"#, #"{"a":["raw"],"b":{}}"#),
        (#"{{=<% %>=}}{"a":"<% x %>{{x}}"}"#, #"{"x":1}"#, #"{"a":"1{{x}}"}"#),
        (#"{"a":"{{x}}"}"#, #"{"x":{"k":["v",null]}}"#, #"{"a":"{k=[v, null]}"}"#),
    ])
    func templatesAreFilledIn(source: String, parameters: String, expected: String) async throws {
        let answer = try await rendered(source, parameters)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["template_output"] == (try JSONValue(parsing: Array(expected.utf8))))
    }

    @Test(arguments: [
        (#"{"a":"{{x"}"#, "is not closed by [}}]"),
        (#"{{#x}}{}"#, "the section [x] at offset 0 is not closed"),
        (#"{{#x}}{{/y}}"#, "does not fit the section [x] at offset 0"),
        (#"{}{{/y}}"#, "the end of [y] at offset 2 has no beginning"),
        (#"{{> other}}"#, "asks for another template"),
        (#"{{#toJson}}{{x}}{{/toJson}}"#, "must contain one and only one identifier"),
    ])
    func brokenTemplatesNameThePlace(source: String, reason: String) async throws {
        let answer = try await rendered(source, "{}")
        #expect(answer.status == 400)
        #expect(answer["error/type"] == "script_exception")
        #expect(answer["error/caused_by/reason"].string?.contains(reason) == true, "\(answer.text)")
    }

    @Test func sizesAndNestingAreBounded() async throws {
        let deep = String(repeating: "{{#a}}", count: 65) + String(repeating: "{{/a}}", count: 65)
        #expect(try await rendered(deep, "{}")["error/caused_by/reason"].string?.contains("deeper than 64") == true)
        let long = String(repeating: "x", count: 65_536)
        #expect(try await rendered(long, "{}")["error/caused_by/reason"].string?.contains("more than 65535") == true)
        // Each of four sections visits the list again: a hundred million tags.
        let list = "[" + (0..<100).map { "\($0)" }.joined(separator: ",") + "]"
        let wide =
            String(repeating: "{{#l}}", count: 4) + "{{.}}" + String(repeating: "{{/l}}", count: 4)
        let answer = try await rendered(wide, #"{"l":\#(list)}"#)
        #expect(answer["error/reason"] == "runtime error")
        #expect(answer["error/caused_by/reason"].string?.contains("visits more than") == true)
    }

    @Test func aStoredTemplateSearches() async throws {
        for (id, title) in [("1", "Pulp Fiction"), ("2", "Inception")] {
            #expect(try await node.status(.put, "/movies/_doc/\(id)?refresh", #"{"title":"\#(title)"}"#) == 201)
        }
        let template = #"{"script":{"lang":"mustache","source":{"query":{"match":{"{{field}}":"{{value}}"}}}}}"#
        #expect(try await node.status(.put, "/_scripts/by_field", template) == 200)
        let kept = try await node.ask(.get, "/_scripts/by_field")
        #expect(kept["script/lang"] == "mustache")
        #expect(kept["script/source"] == #"{"query":{"match":{"{{field}}":"{{value}}"}}}"#)
        let call = #"{"id":"by_field","params":{"field":"title","value":"inception"}}"#
        let found = try await node.ask(.get, "/movies/_search/template", call)
        #expect(found["hits/total/value"] == 1)
        #expect(found["hits/hits/0/_id"] == "2")
        #expect(found["hits/hits/0/_explanation"] == .null)
        let explained = try await node.ask(
            .get, "/movies/_search/template",
            #"{"id":"by_field","explain":true,"params":{"field":"title","value":"inception"}}"#)
        #expect(explained["hits/hits/0/_explanation/value"].double != nil)
        let several = try await node.ask(
            .post, "/movies/_msearch/template",
            "{}\n\(call)\n{}\n" + #"{"source":"{\"size\":{{n}}}","params":{"n":1}}"# + "\n{}\n"
                + #"{"id":"none"}"# + "\n", type: "application/x-ndjson")
        #expect(several["responses/0/hits/hits/0/_id"] == "2")
        #expect(several["responses/1/hits/hits"].array?.count == 1)
        #expect(several["responses/2/status"] == 404)
        #expect(try await node.status(.delete, "/_scripts/by_field") == 200)
        #expect(try await node.status(.get, "/_scripts/by_field") == 404)
        #expect(try await node.status(.delete, "/_scripts/by_field") == 404)
        #expect(try await node.status(.get, "/movies/_search/template", call) == 404)
    }

    @Test func aStoredScriptUpdates() async throws {
        #expect(try await node.status(.put, "/a/_doc/1?refresh", #"{"n":1}"#) == 201)
        let script = #"{"script":{"lang":"painless","source":"ctx._source.n += params.by"}}"#
        #expect(try await node.status(.post, "/_scripts/add/update", script) == 200)
        let call = #"{"script":{"id":"add","params":{"by":4}}}"#
        #expect(try await node.status(.post, "/a/_update/1", call) == 200)
        #expect(try await node.ask(.get, "/a/_source/1")["n"] == 5)
        let unknown = try await node.ask(.put, "/_scripts/b", #"{"script":{"lang":"groovy","source":"1"}}"#)
        #expect(unknown["error/reason"].string?.hasPrefix("script_lang not supported [groovy]") == true)
        let loop = #"{"script":{"lang":"painless","source":"try { } catch (Exception e) { }"}}"#
        #expect(try await node.ask(.put, "/_scripts/c", loop)["error/caused_by/type"] == "script_exception")
        #expect(
            try await node.ask(.get, "/a/_search/template", #"{"id":"add"}"#)["error/reason"]
                == "the stored script [add] is written in [painless], but [mustache] is needed here")
    }
}
