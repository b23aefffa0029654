import ClusterAccess
import ClusterClient
import Foundation
import TestSupport
import Testing

/// Where credentials come from, and addresses.
@Suite struct CredentialsTests {
    private static let amazon = "https://search-books-abc.eu-central-1.es.amazonaws.com"

    @Test func theEnvironmentNamesThem() throws {
        func read(_ environment: [String: String], _ address: String = "https://x:9200") throws -> ClusterCredentials {
            try ClusterCredentials(environment: { environment[$0] }, address: address)
        }
        #expect(try read([:]) == .none)
        #expect(
            try read(["OPENSEARCH_USERNAME": "a", "OPENSEARCH_PASSWORD": "b", "OPENSEARCH_API_KEY": "k"])
                == .basic(user: "a", password: "b"))
        #expect(try read(["OPENSEARCH_API_KEY": "k", "OPENSEARCH_TOKEN": "t"]) == .apiKey("k"))
        #expect(try read(["OPENSEARCH_TOKEN": "t", "OPENSEARCH_USERNAME": ""]) == .bearer("t"))
        let keys = ["AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        #expect(
            try read(keys, Self.amazon)
                == .signature(
                    accessKey: "i", secretKey: "s", sessionToken: "t", region: "eu-central-1", service: "es"))
        #expect(
            try read(keys, "https://abc123.us-east-1.aoss.amazonaws.com")
                == .signature(accessKey: "i", secretKey: "s", sessionToken: "t", region: "us-east-1", service: "aoss"))
        #expect(try read(keys) == .none, "keys of AWS are for AWS")
        let own = ["OPENSEARCH_AWS_SERVICE": "aoss", "AWS_REGION": "eu-west-3"].merging(keys) { $1 }
        #expect(
            try read(own, "https://search.example.com")
                == .signature(accessKey: "i", secretKey: "s", sessionToken: "t", region: "eu-west-3", service: "aoss"))
        for name in own.keys where !name.hasPrefix("AWS_S") && name != "AWS_ACCESS_KEY_ID" {
            var wrong = own
            wrong[name] = name == "AWS_REGION" ? "" : "s3"
            #expect(throws: ClusterError.self, "\(name)") { try read(wrong) }
        }
        #expect(throws: ClusterError.self) { try read(["OPENSEARCH_USERNAME": "a"]) }
        #expect(throws: ClusterError.self) { try read(["OPENSEARCH_PASSWORD": "a"]) }
        #expect(throws: ClusterError.self) { try read(["AWS_ACCESS_KEY_ID": "a"], Self.amazon) }
    }

    @Test func filesAreForTheirOwnerAlone() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/credentials"
            func write(_ text: String, _ mode: Int = 0o600) throws {
                try Data(text.utf8).write(to: URL(filePath: path))
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            }
            for (text, expected) in [
                ("ann:pass:word\n", ClusterCredentials.basic(user: "ann", password: "pass:word")),
                ("ApiKey abc==", .apiKey("abc==")), ("Bearer a.b.c\n", .bearer("a.b.c")),
            ] {
                try write(text)
                #expect(try ClusterCredentials(file: path) == expected)
            }
            for text in ["", "ann:secret\nben:secret", "secret", ":secret"] {
                try write(text)
                let error = #expect(throws: ClusterError.self) { try ClusterCredentials(file: path) }
                #expect(!"\(error.map { "\($0)" } ?? "")".contains("secret"))
            }
            try write("ann:secret", 0o640)
            let open = #expect(throws: ClusterError.self) { try ClusterCredentials(file: path) }
            #expect(open?.advice == "Run: chmod 600 \(path)")
            #expect(throws: ClusterError.self) { try ClusterCredentials(file: folder.path + "/none") }
            #expect(throws: ClusterError.self) { try ClusterCredentials(file: folder.path) }
        }
    }

    @Test func addressesAreReadWithCare() async throws {
        func name(_ address: String, insecure: Bool = false, _ credentials: ClusterCredentials = .none) async throws
            -> String
        {
            var settings = ClusterSettings(address: address, credentials: credentials)
            settings.isInsecure = insecure
            return try await HTTPCluster.with(settings) { $0.name }
        }
        #expect(try await name("https://Search.Example.com:9200/") == "https://search.example.com:9200")
        #expect(try await name("search.example.com/base//") == "https://search.example.com/base")
        #expect(try await name("http://[::1]:9200") == "http://[::1]:9200")
        for address in [
            "", "https://", "ftp://x", "https://x:0", "https://x:99999", "https://x/?a=b", "https://x/#y",
            "https://a b",
            "https://grüß.example",
        ] {
            await #expect(throws: ClusterError.self, "\(address)") { try await name(address) }
            #expect(throws: ClusterError.self, "\(address)") { try ClusterAddress.check(address) }
        }
        let told = await #expect(throws: ClusterError.self) { try await name("https://ann:secret@x:9200") }
        #expect(told?.advice.contains("OPENSEARCH_PASSWORD") == true)
        #expect(!"\(told.map { "\($0)" } ?? "")".contains("secret"))
        // Passwords stay on this machine or go through TLS.
        let password = ClusterCredentials.basic(user: "a", password: "b")
        #expect(try await name("http://127.0.0.1:9200", password) == "http://127.0.0.1:9200")
        #expect(try await name("http://search.example.com", insecure: true, password) == "http://search.example.com")
        let plain = await #expect(throws: ClusterError.self) { try await name("http://search.example.com", password) }
        #expect(plain?.reason == "a user and a password would go over the network without TLS")
    }
}
