import ClusterAccess
import JSON
import Testing

/// Requests, replies and errors as messages show them.
@Suite struct RequestTests {
    @Test func namesAndParametersAreEncoded() {
        var request = ClusterRequest(
            "GET", ClusterRequest.path("a/b c", "_doc", "ü"), query: [("q", "x=1&y"), ("pretty", "")])
        #expect(request.target == "/a%2Fb%20c/_doc/%C3%BC?q=x%3D1%26y&pretty=")
        #expect(request.shown == "GET /a%2Fb%20c/_doc/%C3%BC")
        request.query = []
        #expect(request.target == request.path)
    }

    @Test func aRefusalGivesTheReasonOfItsRootCause() {
        let reply = ClusterReply(
            status: 404,
            body: [
                "error": [
                    "root_cause": [["type": "index_not_found_exception", "reason": "no such index [books]"]],
                    "type": "search_phase_execution_exception", "reason": "all shards failed",
                ], "status": 404,
            ])
        #expect(!reply.isSuccess)
        #expect(reply.errorType == "index_not_found_exception")
        #expect(reply.errorReason == "no such index [books]")
        #expect(ClusterReply(status: 401, body: ["error": "Unauthorized"]).errorReason == "Unauthorized")
        #expect(ClusterReply(status: 403, body: ["message": "not signed"]).errorReason == "not signed")
        #expect(ClusterReply(status: 200, body: .null).errorReason == nil)
    }
}
