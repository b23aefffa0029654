import ClusterAccess
import Connectors
import ModelFiles

/// Signs requests to Amazon OpenSearch Service.
struct AmazonSignature {
    let accessKey: String
    let secretKey: String
    let sessionToken: String?
    let region: String
    let service: String

    /// The headers that a request needs beside its own.
    ///
    /// - Parameter seconds: The time, in seconds since 1970.
    func headers(
        of request: ClusterRequest, to base: String, with headers: [(name: String, value: String)], at seconds: Int
    ) throws(ClusterFailure) -> [(name: String, value: String)] {
        let address: ConnectorAddress
        do throws(ConnectorError) { address = try ConnectorAddress(base + request.target) } catch {
            throw ClusterFailure(
                ClusterError(.badSetting, cluster: base, request: request.shown, reason: error.reason))
        }
        var hash = SHA256()
        request.body.withUnsafeBytes { hash.add($0) }
        // The serverless kind refuses requests without it.
        let digest = (name: "x-amz-content-sha256", value: hash.hexadecimal())
        let signature = RequestSignature(
            accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken, region: region, service: service)
        return [digest]
            + signature.headers(
                method: request.method, address: address, headers: headers + [digest], body: request.body, at: seconds)
    }
}
