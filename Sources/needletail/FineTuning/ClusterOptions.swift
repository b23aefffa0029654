import ArgumentParser
import ClusterClient

/// How a cluster is reached.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file of one line, user:password, 'ApiKey KEY' or 'Bearer TOKEN', which only you may read.",
            valueName: "file"), completion: .file())
    var credentials: String?

    @Option(
        help: ArgumentHelp("Certificates (PEM) that the cluster's is checked against.", valueName: "file"),
        completion: .file(extensions: ["pem", "crt"]))
    var caFile: String?

    @Flag(help: "Do not check the cluster's certificate, and send credentials without TLS, too.")
    var insecure = false

    func validate() throws {
        try refuseEmpty(["--credentials": credentials, "--ca-file": caFile])
    }

    /// The settings for a cluster at an address.
    func settings(_ address: String) throws -> ClusterSettings {
        let names = [
            "OPENSEARCH_USERNAME", "OPENSEARCH_PASSWORD", "OPENSEARCH_API_KEY", "OPENSEARCH_TOKEN", "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
        ]
        var environment: [String: String] = [:]
        for name in names { environment[name] = environmentValue(name) }
        var settings = ClusterSettings(
            address: address,
            credentials: try credentials.map { try ClusterCredentials(file: $0) }
                ?? ClusterCredentials(environment: environment, address: address))
        settings.authorityFile = caFile
        settings.isInsecure = insecure
        return settings
    }
}
