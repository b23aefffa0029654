import AsyncHTTPClient
import ClusterAccess
import NIOCore
import NIOPosix
import NIOSSL

/// Why one attempt at a request brought no reply, and whether another one may.
struct ClusterFailure: Error {
    /// How far the request may have got.
    enum Reach {
        /// Nowhere: there was no connection.
        case notSent
        /// Perhaps it was carried out.
        case perhapsSent
        /// Another attempt would end the same way.
        case final
    }

    let error: ClusterError
    private let reach: Reach

    init(_ error: ClusterError, _ reach: Reach = .final) {
        self.error = error
        self.reach = reach
    }

    /// Whether the request may be sent again.
    func isTransient(_ request: ClusterRequest) -> Bool {
        switch reach {
        case .notSent: true
        case .perhapsSent: request.isRepeatable
        case .final: false
        }
    }

    static func cancelled(_ request: ClusterRequest, _ cluster: String) -> ClusterFailure {
        ClusterFailure(
            ClusterError(.cancelled, cluster: cluster, request: request.shown, reason: "the request was cancelled"))
    }

    /// What the HTTP client threw; its errors name neither headers nor bodies.
    init(_ thrown: any Error, _ request: ClusterRequest, _ cluster: String, _ settings: ClusterSettings) {
        func failure(
            _ code: ClusterError.Code, _ reason: String, _ advice: String = "", _ reach: Reach
        ) -> ClusterFailure {
            ClusterFailure(
                ClusterError(code, cluster: cluster, request: request.shown, reason: reason, advice: advice), reach)
        }
        switch thrown {
        case is CancellationError: self = .cancelled(request, cluster)
        case let thrown as HTTPClientError where thrown == .cancelled: self = .cancelled(request, cluster)
        case let thrown as HTTPClientError where thrown == .connectTimeout:
            self = failure(
                .timeout, "there was no connection within \(settings.connectTimeout)", "Check the address.", .notSent)
        case let thrown as HTTPClientError where [.readTimeout, .deadlineExceeded, .writeTimeout].contains(thrown):
            self = failure(
                .timeout, "there was no complete answer within \(settings.requestTimeout)",
                "Try again later, or allow more time.", .perhapsSent)
        case is NIOTooManyBytesError:
            self = failure(
                .replyTooLarge, "the answer has more than \(settings.replyLimit) bytes", "Ask for less at a time.",
                .final)
        case let thrown as NIOSSLError: self = failure(.unreachable, Self.trouble(thrown), Self.trust, .final)
        case let thrown as NIOSSLExtraError: self = failure(.unreachable, Self.trouble(thrown), Self.trust, .final)
        case let thrown as HTTPClientError where thrown == .tlsHandshakeTimeout:
            self = failure(.timeout, "the TLS handshake did not end in time", "Is this port one of TLS?", .notSent)
        case let thrown as HTTPClientError:
            self = failure(.unreachable, "the connection broke: \(thrown.shortDescription)", "", .perhapsSent)
        case let thrown as NIOConnectionError:
            self = failure(
                .unreachable, "the cluster cannot be reached: \(Self.reason(thrown))",
                "Check that it runs, and its address.", .notSent)
        default:
            self = failure(
                .unreachable, "the connection failed: \(thrown)", "Check that the cluster runs, and its address.",
                .perhapsSent)
        }
    }

    private static let trust =
        "Name the file of the authority that signed its certificate, or allow an insecure connection explicitly. For a port without TLS, write http:// before the host."

    private static func trouble(_ error: any Error) -> String {
        let text = "\(error)"
        return text.contains("CERTIFICATE_VERIFY_FAILED")
            ? "its certificate is signed by no authority that is trusted here"
            : "no TLS connection could be made: \(text.prefix(300))"
    }

    /// The system's words for the last of the addresses that were tried.
    private static func reason(_ error: NIOConnectionError) -> String {
        if let last = error.connectionErrors.last { return "\(last.error)" }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the host \(error.host) is not known" }
        return "\(error.host):\(error.port) does not answer"
    }
}
