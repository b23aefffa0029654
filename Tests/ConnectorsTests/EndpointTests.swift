import Connectors
import Testing

/// Where connectors may lead to.
@Suite struct EndpointTests {
    private let trusted = TrustedEndpoints(patterns: TrustedEndpoints.defaultPatterns, allowsPrivateAddresses: false)

    @Test func servicesOfTheDefaultsAreTrusted() throws {
        for url in [
            "https://api.openai.com/v1/embeddings", "https://api.cohere.ai/v1/rerank",
            "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations",
            "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.titan-embed-text-v2:0/invoke",
            "https://textract.us-east-1.amazonaws.com",
        ] { try trusted.check(url) }
    }

    @Test func otherAddressesAreNot() async {
        for url in [
            "http://api.openai.com/v1", "https://api.openai.com.evil.org/v1",
            "https://evil.org/https://api.openai.com/",
            "https://api.openai.com@evil.org/", "https://apiXopenai.com/v1", "https://runtime.sagemaker.evil.org/",
        ] {
            let reason = await fault { try trusted.check(url) }?.reason
            #expect(reason != nil, "\(url)")
        }
        #expect(
            await fault { try trusted.check("https://example.org/") }?.reason
                == "Connector URL is not matching the trusted connector endpoint regex, URL is: https://example.org/")
        // Whatever the patterns say.
        let all = TrustedEndpoints(patterns: [".*"], allowsPrivateAddresses: true)
        for url in [
            "ftp://example.org/", "file:///etc/passwd", "https://", "https://user@example.org/", "https://a b/",
            "https://example.org:0/", "https://example.org:x/", "https://example.org/\r\nX: y", "//example.org/",
        ] {
            #expect(throws: ConnectorError.self, "\(url)") { try all.check(url) }
        }
        #expect(throws: ConnectorError.self) {
            try TrustedEndpoints(patterns: ["("], allowsPrivateAddresses: true).check("https://example.org/")
        }
    }
}
