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
        var settings = ClusterSettings(
            address: address,
            credentials: try credentials.map { try ClusterCredentials(file: $0) }
                ?? ClusterCredentials(environment: environmentValue, address: address))
        settings.authorityFile = caFile
        settings.isInsecure = insecure
        return settings
    }
}
