import Connectors
import JSON
import TestSupport
import Testing

/// Signature Version 4 against AWS's own implementation, and the vectors that AWS publishes.
@Suite struct SignatureTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    private func authorization(_ vector: JSONValue) throws -> String? {
        let signature = RequestSignature(
            accessKey: "AKIDEXAMPLE", secretKey: Self.secret, sessionToken: vector["token"]?.string,
            region: "us-east-1", service: "service")
        let headers = signature.headers(
            method: try #require(vector["method"]?.string),
            address: try ConnectorAddress(try #require(vector["url"]?.string)),
            headers: (vector["headers"]?.object ?? [:]).map { (name: $0.key, value: $0.value.string ?? "") },
            body: Array((vector["body"]?.string ?? "").utf8), at: 1_440_938_160)
        return headers.first { $0.name == "Authorization" }?.value
    }

    @Test func equalsAWSsOwn() throws {
        let vectors = try #require(
            JSONValue(parsing: try Fixture.bytes("connectors/signatures.json")).array)
        #expect(vectors.count == 11)
        for vector in vectors {
            let name = vector["name"]?.string ?? ""
            #expect(try authorization(vector) == vector["authorization"]?.string, "\(name)")
        }
    }

    /// `get-vanilla`, `post-vanilla` and `get-vanilla-query-order-key-case` of `aws4_testsuite`.
    @Test func equalsThePublishedVectors() throws {
        for (method, query, signature) in [
            ("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            ("GET", "?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ] {
            let made = try authorization([
                "method": .string(method), "url": .string("https://example.amazonaws.com/\(query)"),
            ])
            #expect(
                made
                    == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=\(signature)"
            )
        }
    }

    @Test func times() {
        #expect(RequestSignature.timestamp(0) == "19700101T000000Z")
        #expect(RequestSignature.timestamp(951_782_399) == "20000228T235959Z")
        #expect(RequestSignature.timestamp(951_782_400) == "20000229T000000Z")
        #expect(RequestSignature.timestamp(1_798_761_599) == "20261231T235959Z")
        #expect(RequestSignature.timestamp(4_107_542_400) == "21000301T000000Z")
    }
}
