public import ClusterAccess
import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ClusterCredentials {
    /// Reads credentials from the environment, where other users' lists of processes do not show them.
    ///
    /// The first of these that is set counts: `OPENSEARCH_USERNAME` with `OPENSEARCH_PASSWORD`, `OPENSEARCH_API_KEY`, `OPENSEARCH_TOKEN`; then
    /// `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and, where it is needed, `AWS_SESSION_TOKEN`. Keys of AWS sign requests to addresses of Amazon OpenSearch
    /// Service, which name region and service, and to any other address if `OPENSEARCH_AWS_SERVICE` is `es` or `aoss`, with `AWS_REGION`. Profiles and files of AWS are not read.
    ///
    /// - Parameters:
    ///   - environment: The value of a variable; nil or empty where it is not set.
    ///   - address: The address of the cluster.
    /// - Throws: ``ClusterError`` if half of a pair is missing.
    public init(environment: (String) -> String?, address: String) throws(ClusterError) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        func missing(_ name: String, _ other: String) -> ClusterError {
            ClusterError(
                .badSetting, cluster: ClusterAddress.shown(address), reason: "\(other) is set and \(name) is not",
                advice: "Set both in the environment, or neither.")
        }
        switch (value("OPENSEARCH_USERNAME"), value("OPENSEARCH_PASSWORD")) {
        case (let user?, let password?):
            self = .basic(user: user, password: password)
            return
        case (_?, nil): throw missing("OPENSEARCH_PASSWORD", "OPENSEARCH_USERNAME")
        case (nil, _?): throw missing("OPENSEARCH_USERNAME", "OPENSEARCH_PASSWORD")
        case (nil, nil): break
        }
        if let key = value("OPENSEARCH_API_KEY") {
            self = .apiKey(key)
        } else if let token = value("OPENSEARCH_TOKEN") {
            self = .bearer(token)
        } else if let key = value("AWS_ACCESS_KEY_ID"),
            let place = try Self.amazon(address, service: value("OPENSEARCH_AWS_SERVICE"), region: value("AWS_REGION"))
        {
            guard let secret = value("AWS_SECRET_ACCESS_KEY") else {
                throw missing("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
            }
            self = .signature(
                accessKey: key, secretKey: secret, sessionToken: value("AWS_SESSION_TOKEN"), region: place.region,
                service: place.service)
        } else {
            self = .none
        }
    }

    /// Region and service for which requests are signed; nil where they are not.
    private static func amazon(
        _ address: String, service: String?, region: String?
    ) throws(ClusterError) -> (region: String, service: String)? {
        let stated = ClusterAddress.amazon(address)
        guard let service else { return stated }
        guard ["es", "aoss"].contains(service), let region = region ?? stated?.region else {
            throw ClusterError(
                .badSetting, cluster: ClusterAddress.shown(address),
                reason: "OPENSEARCH_AWS_SERVICE is set, and it or AWS_REGION does not fit",
                advice: "OPENSEARCH_AWS_SERVICE is es or aoss, and needs AWS_REGION.")
        }
        return (region, service)
    }

    /// Reads credentials from a file of one line: `user:password`, `ApiKey KEY` or `Bearer TOKEN`.
    ///
    /// - Throws: ``ClusterError`` if it cannot be read, others may read it, or it holds something else; the contents are not told.
    public init(file path: String) throws(ClusterError) {
        func fault(_ reason: String, _ advice: String) -> ClusterError {
            ClusterError(.badSetting, cluster: path, reason: reason, advice: advice)
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 16 else {
            throw fault("this is no file of credentials", "Give a file of one line: user:password.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw fault("others may read the file", "Run: chmod 600 \(path)")
        }
        let bytes: [UInt8]
        do throws(ModelFileError) {
            bytes = try FileBytes(path: path).withUnsafeBytes { Array($0) }
        } catch {
            throw fault(error.reason, "Check the file.")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.count == 1, let line = lines.first else {
            throw fault("the file has \(lines.count) lines", "Write one: user:password, ApiKey KEY or Bearer TOKEN.")
        }
        if line.hasPrefix("ApiKey ") {
            self = .apiKey(String(line.dropFirst(7)))
        } else if line.hasPrefix("Bearer ") {
            self = .bearer(String(line.dropFirst(7)))
        } else if let colon = line.firstIndex(of: ":"), colon != line.startIndex {
            self = .basic(user: String(line[..<colon]), password: String(line[line.index(after: colon)...]))
        } else {
            throw fault("the line has no colon", "Write user:password, ApiKey KEY or Bearer TOKEN.")
        }
    }
}
